import type { Command } from '../command.ts';
import { apiKeyCommands } from './api-key.ts';
import { auditCommands } from './audit.ts';
import { configCommands } from './config.ts';
import { databaseCommands } from './db.ts';
import { keyCommands } from './keys.ts';
import { mailCommands } from './mail.ts';
import { migrateCommands } from './migrate.ts';
import { openapiCommand } from './openapi.ts';
import { permissionCommands } from './permission.ts';
import { roleCommands } from './role.ts';
import { serveCommand } from './serve.ts';
import { sessionCommands } from './session.ts';
import { userCommands } from './user.ts';
import { userLifeCommands } from './user-life.ts';
import { versionCommand } from './version.ts';

/** Every command; of two that fit, the first is taken, so longer words stand first. */
export const commands: readonly Command[] = [
  serveCommand,
  ...migrateCommands,
  ...databaseCommands,
  ...userCommands,
  ...userLifeCommands,
  ...sessionCommands,
  ...roleCommands,
  ...permissionCommands,
  ...apiKeyCommands,
  ...keyCommands,
  ...mailCommands,
  ...auditCommands,
  ...configCommands,
  openapiCommand,
  versionCommand,
];
