import { createZone, emptyZoneFile, type Zone, type ZoneFile } from './zone.ts';

/** The zone of now, and word of the next one. */
export interface ZoneSource {
  zone(): Zone;
  /** Resolves when there is another zone, or after so many milliseconds. */
  changed(withinMs: number): Promise<void>;
  replace(file: ZoneFile): void;
}

export function createZoneSource(first: ZoneFile = emptyZoneFile): ZoneSource {
  let zone = createZone(first);
  let next = Promise.withResolvers<void>();
  return {
    zone: () => zone,
    changed: async (withinMs) => {
      const timeout = Promise.withResolvers<void>();
      const timer = setTimeout(timeout.resolve, withinMs);
      await Promise.race([next.promise, timeout.promise]);
      clearTimeout(timer);
    },
    replace: (file) => {
      zone = createZone(file);
      next.resolve();
      next = Promise.withResolvers<void>();
    },
  };
}
