import { isIP } from 'node:net';
import type { FieldProblem } from '@tollgate/base';

/** Who may use an API key, as two comma lists; '' lets everybody. */
export interface KeyRestrictions {
  /** IPv4, IPv6 and CIDR. */
  readonly permittedIp: string;
  /** `www.abc.com/path` exactly, `sub.cds.com/*` a host, `*.gef.com/*` its sub-domains. */
  readonly permittedReferer: string;
}

/** Most entries in one list: a gateway reads the list with every new key. */
const maxEntries = 100;
const maxListLength = 4000;

function entriesOf(list: string): string[] {
  return list.split(',').flatMap((entry) => (entry.trim() === '' ? [] : [entry.trim()]));
}

function isAddress(entry: string): boolean {
  const [address = '', bits, rest] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || rest !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** A host, perhaps with a leading `*.`, a port and a path that may end in a whole segment `*`: what gateways match. */
function isPagePattern(entry: string): boolean {
  return /^(\*\.)?[\w-]+(\.[\w-]+)*(:\d{1,5})?(\/(?:[^\s*?#]*\/)?\*|\/[^\s*?#]*)?$/.test(entry);
}

function checkList(field: string, list: string, isGood: (entry: string) => boolean, form: string): FieldProblem[] {
  if (list.length > maxListLength) return [{ field, message: `At most ${maxListLength} characters.` }];
  const entries = entriesOf(list);
  if (entries.length > maxEntries) return [{ field, message: `At most ${maxEntries} entries.` }];
  return entries.filter((entry) => !isGood(entry)).map((entry) => ({ field, message: `"${entry}" is not ${form}.` }));
}

/** What is wrong with the restrictions; empty when a gateway can read them. */
export function restrictionProblems(restrictions: KeyRestrictions): FieldProblem[] {
  return [
    ...checkList(
      'additionalProperties.permittedIP',
      restrictions.permittedIp,
      isAddress,
      'an IPv4 or IPv6 address or CIDR range such as 10.0.0.0/8',
    ),
    ...checkList(
      'additionalProperties.permittedReferer',
      restrictions.permittedReferer,
      isPagePattern,
      'a page such as www.abc.com/path, sub.cds.com/* or *.gef.com/*',
    ),
  ];
}

/** The lists as the key carries them: no blanks, no empty entries. */
export function tidyRestrictions(restrictions: KeyRestrictions): KeyRestrictions {
  return {
    permittedIp: entriesOf(restrictions.permittedIp).join(','),
    permittedReferer: entriesOf(restrictions.permittedReferer).join(','),
  };
}
