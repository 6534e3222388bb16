import { aspNetIdentity } from './aspnet-identity.ts';
import { describeScheme } from './scheme.contract.ts';

/** dotnet/aspnetcore, src/Identity/test/Identity.Test/PasswordHasherTest.cs: the tests of ASP.NET Core itself. */
const microsoft = (hash: string) => ({ hash, password: 'my password' });

const core = (digest: number, rounds: number, length = 32) => {
  const head = Buffer.alloc(13, 1);
  head.writeUInt32BE(digest, 1);
  head.writeUInt32BE(rounds, 5);
  head.writeUInt32BE(16, 9);
  return Buffer.concat([head, Buffer.alloc(16 + length, 7)]).toString('base64');
};

describeScheme('ASP.NET Identity', aspNetIdentity, {
  vectors: {
    'ASP.NET Core (version 2)': microsoft('AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg=='),
    'ASP.NET Core (version 3, SHA-1)': microsoft('AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M'),
    'ASP.NET Core (version 3, SHA-256, 250,000 rounds)': microsoft(
      'AQAAAAEAA9CQAAAAIESkQuj2Du8Y+kbc5lcN/W/3NiAZFEm11P27nrSN5/tId+bR1SwV8CO1Jd72r4C08OLvplNlCDc3oQZ8efcW+jQ=',
    ),
    'ASP.NET Core (version 3, SHA-512)': microsoft('AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHw'),
    'ASP.NET Core (version 3, SHA-512, longer parts)': microsoft(
      'AQAAAAIAAAD6AAAAIJbVi5wbMR+htSfFp8fTw8N8GOS/Sje+S/4YZcgBfU7EQuqv4OkVYmc4VJl9AGZzmRTxSkP7LtVi9IWyUxX8IAAfZ8v+ZfhjCcudtC1YERSqE1OEdXLW9VukPuJWBBjLuw==',
    ),
    'ASP.NET Core (version 3, SHA-512, its default)': microsoft(
      'AQAAAAIAAYagAAAAEAABAgMEBQYHCAkKCwwNDg/Q8A0WMKbtHQJQ2DHCdoEeeFBrgNlldq6vH4qX/CGqGQ==',
    ),
    'aspnet-identity-pw 1.0.2 (JavaScript, version 2)':
      'AIRd9HikA7BGg04hAbyQWNxVEe39hvtRGjuvbLqLltiizkfBBDJsmJdntJ70ryXDyg==',
    'aspnetcore-identity-password-hasher 1.0.1 (JavaScript, version 3, SHA-256)':
      'AQAAAAEAACcQAAAAENQH9oIBLuA5x02EMa/sQ2AXM4Nf0kGIUVYamMBJsj5SdNvJZkV3wPqLHwJM4ISEaQ==',
  },
  strong: [core(0, 1_300_000), core(1, 600_000), core(2, 210_000)],
  weak: [core(0, 1_299_999), core(1, 599_999), core(2, 209_999), core(2, 100_000)],
  tooCostly: [core(1, 4_000_001), core(1, 0xff_ff_ff_ff), core(0, 2_000_001, 64)],
  malformed: [
    'AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggE=',
    'AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJgAAAAAAAAAAAAA=',
    'AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg',
    'AQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4A=',
    'BQAAAAIAAAAyAAAAEOMwvh3+FZxqkdMBz2ekgGhwQ4B6pZWND6zgESBuWiHwAAAAAAAAAAAA',
    core(3, 10_000),
    core(1, 0),
    core(1, 10_000, 15),
    core(1, 10_000, 65),
    'AQ==',
    'AA==',
  ],
});
