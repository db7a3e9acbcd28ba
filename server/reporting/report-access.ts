import {
  isReportName,
  type ReportDescription,
  type ReportName,
  type ReportRequest,
  reports,
} from '../../analytics/index.ts';
import type { Access, Identity, Role } from '../accounts/index.ts';
import { AppError, type FieldProblem } from '../errors.ts';

/** What a role gets of a report. */
interface ReportGrant {
  /** Dimension that always has to be one of the asker's own ids. */
  readonly own?: 'advertiser' | 'site';
  /** Dimensions there are for it. Default: all of the report's. */
  readonly dimensions?: readonly string[];
}

/** What a role gets of each report; of one that is not named, nothing. */
type ReportGrants = 'all' | Readonly<Partial<Record<ReportName, ReportGrant>>>;

const site: ReportGrant = { own: 'site' };
const grants: Readonly<Record<Role, ReportGrants>> = {
  admin: 'all',
  adops: 'all',
  advertiser: {
    // Where visitors are and what they browse with is in the audience report alone, which tells of nobody.
    delivery: {
      own: 'advertiser',
      dimensions: ['hour', 'day', 'hourOfDay', 'weekday', 'advertiser', 'campaign', 'lineItem', 'creative'],
    },
    audience: { own: 'advertiser' },
  },
  publisher: { inventory: site, visitors: site },
  analyst: { visitors: {}, traffic: {} },
};

/** Who may use the reports' endpoints. */
export const reportReaders = {
  area: 'reports',
  roles: { admin: 'all', adops: 'all', advertiser: 'own', publisher: 'own', analyst: 'own' },
} as const satisfies Access;

function grantOf(role: Role, report: ReportName): ReportGrant | undefined {
  const ofRole = grants[role];
  return ofRole === 'all' ? {} : ofRole[report];
}

/** A report as a role gets it described; undefined where there is no such report for it. */
export function describedTo<Description extends ReportDescription>(
  role: Role,
  description: Description,
): Description | undefined {
  const grant = grantOf(role, description.name as ReportName);
  if (grant?.dimensions === undefined) return grant && description;
  const { dimensions } = grant;
  return {
    ...description,
    dimensions: description.dimensions.filter(({ name }) => dimensions.includes(name)),
  };
}

/** The report of a name. @throws AppError `not_found`, the same for what there is not and for what is not for their role */
export function reportFor(who: Pick<Identity, 'role'>, name: string): ReportName {
  if (isReportName(name) && grantOf(who.role, name) !== undefined) return name;
  throw noSuchReport(who, name);
}

/** Whether somebody's role has a report of this name. */
export function isReadable({ role }: Pick<Identity, 'role'>, name: string): boolean {
  return isReportName(name) && grantOf(role, name) !== undefined;
}

function noSuchReport({ role }: Pick<Identity, 'role'>, name: string): AppError {
  const theirs = Object.keys(reports).filter((each) => grantOf(role, each as ReportName) !== undefined);
  return new AppError('not_found', `There is no report "${name}"; there are ${theirs.join(', ')}.`);
}

/**
 * The request as it is to be made for somebody: of an advertiser or publisher it counts what is theirs and nothing else,
 * whatever was asked for.
 * @throws AppError `not_found` where the report is not for their role, `invalid_input` where a dimension is not
 */
export function requestFor<Request extends ReportRequest>(
  who: Pick<Identity, 'role' | 'visible'>,
  report: ReportName,
  request: Request,
): Request {
  const grant = grantOf(who.role, report);
  if (grant === undefined) throw noSuchReport(who, report);
  checkDimensions(grant, request);
  if (grant.own === undefined || who.visible === 'all') return request;
  const ids = grant.own === 'advertiser' ? who.visible.advertisers : who.visible.sites;
  // No event is an advertiser's or a site's of number 2^32 - 1: who has none of them gets zeros.
  const values = ids.length === 0 ? [0xffff_ffff] : [...ids];
  const forced = { dimension: grant.own, operator: 'in' as const, values };
  return { ...request, filters: [...(request.filters ?? []), forced] };
}

function checkDimensions({ dimensions: allowed }: ReportGrant, { dimensions, filters }: ReportRequest): void {
  if (allowed === undefined) return;
  const asked = [
    ...(dimensions ?? []).map((name, index) => ({ name, path: `/dimensions/${index}` })),
    ...(filters ?? []).map(({ dimension: name }) => ({ name, path: `/filter/${name}` })),
  ];
  const fields = asked
    .filter(({ name }) => !allowed.includes(name))
    .map(({ name, path }): FieldProblem => {
      const quoted = JSON.stringify(name.slice(0, 60));
      return { path: path.slice(0, 100), message: `${quoted} is none of ${allowed.join(', ')}` };
    });
  if (fields.length === 0) return;
  const detail = fields.map(({ path, message }) => `${path.slice(1)} ${message}`).join('; ');
  throw new AppError('invalid_input', `The report cannot be made: ${detail}.`, { fields });
}
