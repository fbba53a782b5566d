import { type FieldError, fieldNotFound, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import type { Container, Volume } from '@croft/api/types';
import { checkOneOf } from '../check.ts';
import { checkLocalPath } from './validate-path.ts';

/** What a container mounts, against the volumes of its pod. */
export function checkMounts(path: string, container: Container, volumes: readonly Volume[] = []): FieldError[] {
  const mountPaths = new Set<string>();
  const devices = container.volumeDevices ?? [];
  return (container.volumeMounts ?? []).flatMap((mount, index) => {
    const at = `${path}[${index}]`;
    const { name = '', mountPath = '', subPath, subPathExpr, mountPropagation } = mount;
    const errors: FieldError[] = name === '' ? [requiredField(`${at}.name`)] : [];
    if (!volumes.some((volume) => volume.name === name)) errors.push(fieldNotFound(`${at}.name`, name));
    if (mountPath === '') errors.push(requiredField(`${at}.mountPath`));
    if (mountPaths.has(mountPath)) errors.push(invalidField(`${at}.mountPath`, mountPath, 'must be unique'));
    mountPaths.add(mountPath);
    if (devices.some((device) => device.name === name)) {
      errors.push(invalidField(`${at}.name`, name, 'must not already exist in volumeDevices'));
    }
    if (devices.some((device) => device.devicePath === mountPath)) {
      errors.push(invalidField(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'));
    }
    if (subPath) errors.push(...checkLocalPath(`${path}.subPath`, subPath));
    if (subPathExpr) {
      const rule = 'subPathExpr and subPath are mutually exclusive';
      if (subPath) errors.push(invalidField(`${at}.subPathExpr`, subPathExpr, rule));
      errors.push(...checkLocalPath(`${path}.subPathExpr`, subPathExpr));
    }
    if (mountPropagation !== undefined) {
      errors.push(...checkPropagation(`${path}.mountPropagation`, mountPropagation, container));
    }
    return [...errors, ...checkRecursive(`${path}.recursiveReadOnly`, mount)];
  });
}

function checkPropagation(path: string, mode: string, container: Container): FieldError[] {
  if (mode === 'Bidirectional' && container.securityContext?.privileged !== true) {
    return [forbiddenField(path, 'Bidirectional mount propagation is available only to privileged containers')];
  }
  return checkOneOf(path, mode, ['Bidirectional', 'HostToContainer', 'None']);
}

type Mount = NonNullable<Container['volumeMounts']>[number] & { recursiveReadOnly?: string };

function checkRecursive(path: string, { recursiveReadOnly: mode, readOnly, mountPropagation }: Mount): FieldError[] {
  if (mode === undefined || mode === 'Disabled') return [];
  if (mode !== 'Enabled' && mode !== 'IfPossible') return checkOneOf(path, mode, ['Disabled', 'Enabled', 'IfPossible']);
  const errors = readOnly === true ? [] : [forbiddenField(path, 'may only be specified when readOnly is true')];
  if (mountPropagation === undefined || mountPropagation === 'None') return errors;
  return [...errors, forbiddenField(path, 'may only be specified when mountPropagation is None or not specified')];
}

export function checkDevices(path: string, container: Container, volumes: readonly Volume[] = []): FieldError[] {
  const devices = container.volumeDevices ?? [];
  const mounts = container.volumeMounts ?? [];
  return devices.flatMap((device, index) => {
    const at = `${path}[${index}]`;
    const { name = '', devicePath = '' } = device;
    const volume = volumes.find((candidate) => candidate.name === name);
    const errors: FieldError[] = name === '' ? [requiredField(`${at}.name`)] : [];
    if (devices.findIndex((other) => other.name === name) < index) {
      errors.push(invalidField(`${at}.name`, name, 'must be unique'));
    }
    if (volume === undefined) errors.push(fieldNotFound(`${at}.name`, name));
    else if ((volume.persistentVolumeClaim ?? volume.ephemeral) === undefined) {
      const rule = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(invalidField(`${at}.name`, name, rule));
    }
    if (devicePath === '') errors.push(requiredField(`${at}.devicePath`));
    if (devices.findIndex((other) => other.devicePath === devicePath) < index) {
      errors.push(invalidField(`${at}.devicePath`, devicePath, 'must be unique'));
    }
    if (devicePath.split('/').includes('..')) {
      errors.push(invalidField(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"));
    }
    if (mounts.some((mount) => mount.name === name)) {
      errors.push(invalidField(`${at}.name`, name, 'must not already exist in volumeMounts'));
    }
    if (mounts.some((mount) => mount.mountPath === devicePath)) {
      errors.push(invalidField(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts'));
    }
    return errors;
  });
}
