import { ProtoMessage } from './protobuf';

/** A float attribute whose value happens to be integral; plain integral numbers become integers. */
export class FloatAttribute {
  constructor(readonly value: number) {}
}

/** `alpha: asFloat(1)`: ONNX tells 1 and 1.0 apart. */
export function asFloat(value: number): FloatAttribute {
  return new FloatAttribute(value);
}

export type AttributeValue = number | FloatAttribute | string | readonly number[];
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** AttributeProto.AttributeType of onnx.proto3. */
const TYPE = { float: 1, int: 2, string: 3, floats: 6, ints: 7 } as const;

/** AttributeProto: integral numbers are INT(S), others FLOAT(S). */
export function attributeMessage(name: string, value: AttributeValue): ProtoMessage {
  const message = new ProtoMessage().string(1, name);
  if (typeof value === 'string') return message.bytes(4, Buffer.from(value, 'utf8')).int(20, TYPE.string);
  if (value instanceof FloatAttribute) return message.float(2, value.value).int(20, TYPE.float);
  if (typeof value === 'number') {
    return Number.isInteger(value)
      ? message.int(3, value).int(20, TYPE.int)
      : message.float(2, value).int(20, TYPE.float);
  }
  return value.every(Number.isInteger)
    ? message.ints(8, value).int(20, TYPE.ints)
    : message.floats(7, value).int(20, TYPE.floats);
}
