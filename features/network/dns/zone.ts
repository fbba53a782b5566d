/** Records of one name. Names are in lower case, without the last dot. */
export interface NameRecords {
  a?: string[];
  srv?: { target: string; port: number }[];
  ptr?: string[];
  txt?: string;
  /** Where the name points; excludes the others. */
  cname?: string;
}

/** What the control plane writes and the DNS program answers from, as JSON. */
export interface ZoneFile {
  /** Names under these that have no records do not exist; all other names are asked of the host's resolvers. */
  zones: string[];
  /** Who asks for an address of a name under this waits a while for one to come; absent for none. */
  awaited?: string;
  /** A first label `*` stands for any one label. */
  records: Record<string, NameRecords>;
}

/** A zone file made ready for questions. */
export interface Zone {
  /** The zone that a name belongs to; a name with records outside all zones is its own. */
  findZone(name: string): string | undefined;
  find(name: string): NameRecords | undefined;
  /** Whether the name stands above others that have records: then it exists, but has none itself. */
  isAbove(name: string): boolean;
  /** Whether an address is worth waiting for. */
  isAwaited(name: string): boolean;
}

export const emptyZoneFile: ZoneFile = { zones: [], records: {} };

export function createZone(file: ZoneFile): Zone {
  const records = new Map(Object.entries(file.records));
  const above = new Set<string>(file.zones);
  for (const name of records.keys()) for (const parent of parentsOf(name)) above.add(parent);
  const find = (name: string) => records.get(name) ?? records.get(`*${name.slice(name.indexOf('.'))}`);
  return {
    find,
    isAbove: (name) => above.has(name),
    isAwaited: (name) => file.awaited !== undefined && name.endsWith(`.${file.awaited}`) && find(name) === undefined,
    findZone: (name) => {
      const zone = file.zones.find((suffix) => name === suffix || name.endsWith(`.${suffix}`));
      return zone ?? (find(name) === undefined ? undefined : name);
    },
  };
}

function* parentsOf(name: string): Generator<string> {
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) yield name.slice(dot + 1);
}

/** Throws when the text is not a zone file. */
export function parseZoneFile(text: string): ZoneFile {
  const value = JSON.parse(text) as Partial<ZoneFile> | null;
  if (!Array.isArray(value?.zones) || typeof value.records !== 'object') throw new Error('not a file of DNS records');
  return value as ZoneFile;
}
