import { startMariadb } from '../support/databases/mariadb.ts';
import { describeMysqlFaults } from './mysql-faults.ts';

describeMysqlFaults('MariaDB', startMariadb);
