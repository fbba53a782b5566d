/**
 * A set of field paths in the form of FieldsV1: `{"f:data":{".":{},"f:x":{}}}`. A node without children is a member;
 * one with children is a member when it has `.` too. Never changed once made: operations share what stays.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet;
}

export const emptySet: FieldSet = {};
