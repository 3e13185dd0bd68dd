import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ExternalData } from '../../../../models/onnx/external-data';
import { fromFloat16Bits, toFloat16Bits } from '../../../../models/precision/float16';
import { GraphBuilder } from '../../../../models/onnx/graph';
import { ProtoMessage } from '../../../../models/onnx/protobuf';
import { tensor } from '../../../../models/onnx/tensor';

describe('the protobuf writer', () => {
  it('writes the examples of the protocol buffers manual', () => {
    expect(new ProtoMessage().int(1, 150).toBuffer().toString('hex')).toBe('089601');
    expect(new ProtoMessage().string(2, 'testing').toBuffer().toString('hex')).toBe('120774657374696e67');
    expect(new ProtoMessage().ints(6, [3, 270, 86942]).toBuffer().toString('hex')).toBe('3206038e029ea705');
  });

  it('writes negative integers as ten bytes of two’s complement', () => {
    expect(new ProtoMessage().int(1, -1).toBuffer().toString('hex')).toBe('08ffffffffffffffffff01');
  });
});

describe('float16', () => {
  it('survives the way to float32 and back for every finite pattern', () => {
    const patterns = Array.from({ length: 65_536 }, (_, half) => half);
    const finite = patterns.filter((half) => !Number.isNaN(fromFloat16Bits(half)));
    expect(finite.length).toBeGreaterThan(63_000);
    expect(finite.filter((half) => toFloat16Bits(fromFloat16Bits(half)) !== half)).toEqual([]);
  });

  it.each([
    ['a tie goes to the even neighbour', 1 + 2 ** -11, 0x3c00],
    ['just above a tie goes up', 1 + 2 ** -11 + 2 ** -20, 0x3c01],
    ['the smallest subnormal', 2 ** -24, 0x0001],
    ['half the smallest subnormal is zero', 2 ** -25, 0x0000],
    ['numbers beyond the range are infinite', 65_520, 0x7c00],
    ['the largest number', 65_519, 0x7bff],
    ['the sign stays', -2, 0xc000],
  ])('%s', (_, value, bits) => expect(toFloat16Bits(value)).toBe(bits));
});

describe('the graph builder', () => {
  it('refuses a node that reads a value nothing has made', () => {
    expect(() => new GraphBuilder('g').node('Relu', ['x'])).toThrow('nothing has made');
  });

  it('refuses two values of one name', () => {
    const graph = new GraphBuilder('g');
    graph.input('x', 'float32', [1]);
    expect(() => graph.input('x', 'float32', [1])).toThrow('two values called "x"');
  });

  it('refuses a tensor whose shape does not hold its numbers', () => {
    expect(() => tensor(new Float32Array(5), [2, 3])).toThrow('cannot hold 5');
  });

  it('begins every external tensor on a page', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'altsmith-onnx-'));
    const file = path.join(folder, 'weights.data');
    const external = new ExternalData(file);
    const first = external.append(Uint8Array.of(1, 2, 3));
    const second = external.append(Uint8Array.of(4));
    external.close();
    expect([first.offset, second.offset]).toEqual([0, 4096]);
    expect(second.location).toBe('weights.data');
    const bytes = readFileSync(file);
    expect([bytes[2], bytes[4096], bytes.length]).toEqual([3, 4, 4097]);
    rmSync(folder, { recursive: true });
  });
});
