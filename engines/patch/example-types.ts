import { type FieldType, getFieldType } from '@croft/schema/field-type';
import { objectMetaSchema } from '@croft/schema/object-meta';
import type { Schemas, StructuralSchema } from '@croft/schema/structural-schema';

// A little of Kubernetes' types, for the tests of this package.

const text: StructuralSchema = { type: 'string' };
const number: StructuralSchema = { type: 'integer' };
const texts: StructuralSchema = { type: 'array', items: text, 'x-kubernetes-list-type': 'atomic' };
const data: StructuralSchema = { type: 'object', additionalProperties: text };
const free: StructuralSchema = { type: 'object', additionalProperties: true };

function listByName(items: StructuralSchema, key = 'name'): StructuralSchema {
  return {
    type: 'array',
    items,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': [key],
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-patch-merge-key': key,
  };
}

const object = { apiVersion: text, kind: text, metadata: { $ref: 'ObjectMeta' } };

const schemas: Schemas = {
  ObjectMeta: objectMetaSchema,
  ConfigMap: { type: 'object', properties: { ...object, data, binaryData: data, immutable: { type: 'boolean' } } },
  Deployment: {
    type: 'object',
    properties: { ...object, spec: { $ref: 'DeploymentSpec' }, status: { $ref: 'DeploymentStatus' } },
  },
  DeploymentSpec: {
    type: 'object',
    properties: {
      replicas: number,
      paused: { type: 'boolean' },
      selector: { ...free, 'x-kubernetes-map-type': 'atomic' },
      strategy: { $ref: 'DeploymentStrategy', 'x-kubernetes-patch-strategy': 'retainKeys' },
      template: { $ref: 'PodTemplateSpec' },
    },
  },
  DeploymentStrategy: { type: 'object', properties: { type: text, rollingUpdate: { $ref: 'RollingUpdate' } } },
  RollingUpdate: { type: 'object', properties: { maxSurge: { 'x-kubernetes-int-or-string': true } } },
  DeploymentStatus: {
    type: 'object',
    properties: {
      replicas: number,
      conditions: listByName({ type: 'object', properties: { type: text, status: text } }, 'type'),
    },
  },
  PodTemplateSpec: { type: 'object', properties: { metadata: { $ref: 'ObjectMeta' }, spec: { $ref: 'PodSpec' } } },
  PodSpec: {
    type: 'object',
    properties: { containers: listByName({ $ref: 'Container' }), volumes: listByName(free), hostNetwork: text },
  },
  Container: {
    type: 'object',
    required: ['name'],
    properties: {
      name: text,
      image: text,
      args: texts,
      env: listByName({ type: 'object', properties: { name: text, value: text } }),
      resources: { type: 'object', properties: { limits: data } },
      ports: {
        ...listByName({ $ref: 'ContainerPort' }, 'containerPort'),
        'x-kubernetes-list-map-keys': ['containerPort', 'protocol'],
      },
    },
  },
  ContainerPort: {
    type: 'object',
    required: ['containerPort'],
    properties: { containerPort: number, protocol: { type: 'string', default: 'TCP' }, name: text },
  },
};

export const configMapType: FieldType = getFieldType(schemas, 'ConfigMap');
export const deploymentType: FieldType = getFieldType(schemas, 'Deployment');
