#!/usr/bin/env node
import { Command, Option } from 'commander';
import { AppError } from '../errors.ts';
import { settingsFromEnvironment } from '../settings/index.ts';
import { reportFormats } from './commands/report-formats.ts';
import { roles } from './roles.ts';

/** Each command loads what it needs when it runs: the supervisor stays for good, and must not hold the databases' code. */
function program(): Command {
  const signpost = new Command('signpost');
  signpost.description('A self-hosted, geo-targeted banner server with audience analytics.');
  signpost
    .command('start')
    .description('run Signpost until it is stopped')
    .addOption(new Option('--role <role>', 'what this machine runs').choices(roles).default('all'))
    .action(async ({ role }) => (await import('./supervisor.ts')).supervise(settingsFromEnvironment(), role));
  signpost
    .command('locate <address>')
    .description('what the location database says of an address')
    .option('--json', 'as JSON')
    .action(async (address, options) =>
      (await import('./commands/locate.ts')).locate(settingsFromEnvironment(), address, options),
    );
  signpost
    .command('report <name>')
    .description('make a report')
    .option('--by <dimensions>', 'dimensions, separated by commas')
    .option('--metrics <metrics>', 'metrics, separated by commas; default: all')
    .option('--from <date>', 'a date of the time zone, or an instant; default: seven days ago')
    .option('--to <date>', 'a date, counted as a whole, or an instant; default: today')
    .option('--tz <zone>', 'IANA time zone', 'UTC')
    .option('--filter <conditions>', 'like "country=TW,DE;browser!=Chrome;page^=/news/"')
    .option('--sort <columns>', 'columns to sort by, separated by commas, - in front: largest first')
    .option('--limit <rows>', 'most rows')
    .addOption(new Option('--compare <period>', 'put the period before beside it').choices(['previous']))
    .addOption(
      new Option('--format <format>', "default: by the file's name, else a table").choices(reportFormats),
    )
    .option('--output <file>', 'write a file instead of printing')
    .action(async (name, options) =>
      (await import('./commands/report.ts')).report(settingsFromEnvironment(), name, options),
    );
  signpost
    .command('reports [name]')
    .description('what reports there are; the dimensions and metrics of one')
    .action(async (name) => (await import('./commands/report.ts')).reports(settingsFromEnvironment(), name));
  addScheduleCommands(signpost);
  addAccountCommands(signpost);
  signpost
    .command('explain')
    .description('why a zone shows what it shows: the decision, line item by line item')
    .requiredOption('--zone <id>', "the zone's id")
    .option('--ip <address>', "the visitor's address")
    .option('--ua <text>', 'User-Agent header')
    .option('--lang <text>', 'Accept-Language header')
    .option('--url <address>', "the page's address")
    .option('--ref <address>', "the referrer's address")
    .option('--kv <keys>', "the page's keys, like section:sport,plan:free")
    .option('--at <instant>', 'when, like 2026-11-23T12:00:00Z; default: now')
    .addOption(new Option('--format <format>', 'what to print').choices(['table', 'json']).default('table'))
    .action(async (options) =>
      (await import('./commands/explain.ts')).explain(settingsFromEnvironment(), options),
    );
  const jobs = signpost.command('jobs').description('the jobs: when they run, and how they went');
  jobs
    .command('list', { isDefault: true })
    .description('all of them, with their last runs')
    .addOption(new Option('--format <format>', 'what to print').choices(['table', 'json']).default('table'))
    .action(async (options) =>
      (await import('./commands/jobs.ts')).listJobs(settingsFromEnvironment(), options),
    );
  jobs
    .command('run <name>')
    .description('run one now, and wait for its end')
    .option('--dry-run', 'only say what it would do')
    .action(async (name, options) =>
      (await import('./commands/jobs.ts')).runJob(settingsFromEnvironment(), name, options),
    );
  jobs
    .command('history <name>')
    .description('its runs, the youngest first')
    .option('--limit <runs>', 'most runs', '20')
    .action(async (name, options) =>
      (await import('./commands/jobs.ts')).jobHistory(settingsFromEnvironment(), name, options),
    );
  const backup = signpost.command('backup').description('back up PostgreSQL and ClickHouse');
  backup
    .command('make', { isDefault: true })
    .description('make a backup now, and try it')
    .action(async () => (await import('./commands/backup.ts')).backUp(settingsFromEnvironment()));
  backup
    .command('list')
    .description('the backups there are')
    .action(async () => (await import('./commands/backup.ts')).listBackups(settingsFromEnvironment()));
  signpost
    .command('restore [backup]')
    .description('bring back what a backup has, the newest unless one is named; Signpost must not run')
    .option('--force', 'replace the databases that are there')
    .action(async (name, options) =>
      (await import('./commands/restore.ts')).restore(settingsFromEnvironment(), name, options),
    );
  signpost
    .command('logs')
    .description('search the log of events: what waits for ClickHouse, and the archive')
    .option('--from <instant>', 'first instant, like 2026-11-23T14:00Z; a date is its first instant, UTC')
    .option('--to <instant>', 'first instant that is left out')
    .option('--type <type>', 'ad_request, impression, viewable, click, page_view or conversion')
    .option('--site <id>')
    .option('--zone <id>')
    .option('--line-item <id>')
    .option('--visitor <digits>', "the visitor's number, 16 hex digits")
    .option('--id <digits>', "the event's or decision's id, 16 hex digits")
    .option('--text <text>', 'anywhere in the line')
    .option('--oldest', 'oldest first; default: newest first')
    .option('--limit <lines>', 'most lines', '100')
    .option('--folder <path>', 'another archive than that of the data directory')
    .action(async (options) => (await import('./commands/logs.ts')).logs(settingsFromEnvironment(), options));
  signpost
    .command('replay')
    .description('put into ClickHouse what the log archive has and ClickHouse has not')
    .option('--first-day <date>', 'first day of the archive, UTC')
    .option('--last-day <date>', 'last day of the archive, UTC')
    .action(async (options) =>
      (await import('./commands/replay.ts')).replay(settingsFromEnvironment(), options),
    );
  const privacy = signpost.command('privacy').description('what is kept of people, and whether that is so');
  privacy
    .command('report')
    .description(
      'what is kept where, and what is found where it should not be; ends with 1 where anything is',
    )
    .option('--last', 'what the last scans found, without a new one')
    .addOption(new Option('--format <format>', 'what to print').choices(['table', 'json']).default('table'))
    .action(async (options) =>
      (await import('./commands/privacy.ts')).privacyReport(settingsFromEnvironment(), options),
    );
  privacy
    .command('policy')
    .description('a privacy policy made from the settings in force, as Markdown')
    .addOption(new Option('--language <language>', 'of the policy').choices(['en', 'zh-TW']).default('en'))
    .action(async (options) =>
      (await import('./commands/privacy.ts')).privacyPolicy(settingsFromEnvironment(), options),
    );
  signpost
    .command('demo')
    .description('the demo inventory')
    .command('remove')
    .description('remove it for good; what you made yourself stays')
    .action(async () => (await import('./commands/demo.ts')).removeDemo(settingsFromEnvironment()));
  return signpost;
}

function addAccountCommands(signpost: Command): void {
  const users = signpost.command('users').description('who may come in');
  const load = () => import('./commands/users.ts');
  signpost
    .command('admin-link')
    .description('a link to become the first administrator, while there is none')
    .action(async () => (await load()).adminLink(settingsFromEnvironment()));
  users
    .command('list', { isDefault: true })
    .description('all of them, also archived ones')
    .action(async () => (await load()).listUsers(settingsFromEnvironment()));
  users
    .command('invite <email>')
    .description('make a user, and a link by which they set their password')
    .requiredOption('--role <role>', 'admin, adops, advertiser, publisher or analyst')
    .option('--name <name>', 'default: what stands before the @')
    .option('--advertisers <ids>', 'of the role advertiser: whose data, separated by commas')
    .option('--sites <ids>', 'of the role publisher: whose data, separated by commas')
    .addOption(
      new Option('--language <language>', 'that they are written to in')
        .choices(['en', 'zh-TW'])
        .default('en'),
    )
    .option('--mail', 'mail the link to them, in place of printing it')
    .action(async (email, options) => (await load()).inviteUser(settingsFromEnvironment(), email, options));
  users
    .command('link <user>')
    .description('a link by which a user, by id or e-mail, sets a new password')
    .option('--mail', 'mail it to them, in place of printing it')
    .action(async (user, options) => (await load()).linkUser(settingsFromEnvironment(), user, options));
  users
    .command('archive <user>')
    .description('let a user in no more')
    .action(async (user) => (await load()).archiveUser(settingsFromEnvironment(), user));
  users
    .command('remove-second-factor <user>')
    .description('for who has lost the app and the recovery codes')
    .action(async (user) => (await load()).removeSecondFactor(settingsFromEnvironment(), user));
  const keys = signpost.command('keys').description('API keys');
  const loadKeys = () => import('./commands/keys.ts');
  keys
    .command('list', { isDefault: true })
    .description('all of them, also revoked ones')
    .action(async () => (await loadKeys()).listKeys(settingsFromEnvironment()));
  keys
    .command('add <name>')
    .description('make a key, and print it this once')
    .option('--user <id>', 'whose key; it may do what they may')
    .option('--advertiser <id>', 'in place of a user: the key sees what belongs to this advertiser')
    .option('--scopes <scopes>', 'like reports:read,inventory:write; default: all')
    .action(async (name, options) => (await loadKeys()).addKey(settingsFromEnvironment(), name, options));
  keys
    .command('revoke <id>')
    .description('let it in no more')
    .action(async (id) => (await loadKeys()).revokeKey(settingsFromEnvironment(), id));
}

function addScheduleCommands(signpost: Command): void {
  const schedules = signpost.command('schedules').description('reports that are sent by themselves');
  const load = () => import('./commands/schedules.ts');
  schedules
    .command('list', { isDefault: true })
    .description('the scheduled reports there are')
    .action(async () => (await load()).listSchedules(settingsFromEnvironment()));
  scheduleOptions(schedules.command('add'))
    .description('schedule a report')
    .action(async (options) => (await load()).addSchedule(settingsFromEnvironment(), options));
  scheduleOptions(schedules.command('change <id>'))
    .description('change a scheduled report; what is not named stays')
    .addOption(new Option('--status <status>', 'whether it is sent').choices(['active', 'paused']))
    .option('--unset <fields>', 'by, metrics, filter, sort, limit, compare: as if never given')
    .action(async (id, options) => (await load()).changeSchedule(settingsFromEnvironment(), id, options));
  schedules
    .command('remove <id>')
    .description('send it no more; its history stays')
    .action(async (id) => (await load()).removeSchedule(settingsFromEnvironment(), id));
  schedules
    .command('send <id>')
    .description('send the latest period now, or try it again')
    .action(async (id) => (await load()).sendNow(settingsFromEnvironment(), id));
  schedules
    .command('history <id>')
    .description('what was sent, the youngest first')
    .action(async (id) => (await load()).scheduleHistory(settingsFromEnvironment(), id));
}

function scheduleOptions(command: Command): Command {
  return command
    .option('--name <name>', 'what people call it')
    .option('--report <report>', 'name of the report')
    .option('--by <dimensions>', 'dimensions, separated by commas')
    .option('--metrics <metrics>', 'metrics, separated by commas; default: all')
    .option('--filter <conditions>', 'as of a report')
    .option('--sort <columns>', 'as of a report')
    .option('--limit <rows>', 'most rows')
    .addOption(new Option('--compare <period>', 'put the period before beside it').choices(['previous']))
    .addOption(new Option('--every <period>', 'what it is about').choices(['day', 'week', 'month']))
    .option('--weekday <day>', 'of weekly ones: 1 for Monday to 7')
    .option('--hour <hour>', 'hour of the day; default: 6')
    .option('--tz <zone>', 'IANA time zone; default: UTC')
    .option('--formats <formats>', 'csv, xlsx, parquet, ndjson, separated by commas; default: csv')
    .option('--email <addresses>', 'addresses, separated by commas')
    .option('--folder <name>', 'folder below that of all reports')
    .option('--bucket <prefix>', 'what names in the bucket begin with')
    .option('--wait-hours <hours>', 'how long to wait for final numbers; default: 6');
}

program()
  .parseAsync()
  .catch((error: unknown) => {
    const known = error instanceof AppError;
    process.stderr.write(
      known ? `signpost: ${error.message} [${error.code}]\n` : `signpost: ${(error as Error).stack}\n`,
    );
    process.exitCode = 1;
  });
