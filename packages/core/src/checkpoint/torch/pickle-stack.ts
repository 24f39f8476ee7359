import { malformedPickle } from './pickle-reader.js';
import type { PickledValue } from './pickle-values.js';

/** What the operations of a pickle work on: a stack with marks in it, and a memo. */
export class PickleStack {
  private values: PickledValue[] = [];
  /** The stacks below the marks. */
  private readonly below: PickledValue[][] = [];
  private readonly memo = new Map<number, PickledValue>();

  push(value: PickledValue): void {
    this.values.push(value);
  }

  top(): PickledValue {
    return this.values.length > 0
      ? this.values[this.values.length - 1]
      : malformedPickle('it takes from an empty stack');
  }

  pop(): PickledValue {
    const value = this.top();
    this.values.length--;
    return value;
  }

  popMany(count: number): PickledValue[] {
    if (this.values.length < count) malformedPickle('it takes from an empty stack');
    return this.values.splice(this.values.length - count);
  }

  mark(): void {
    this.below.push(this.values);
    this.values = [];
  }

  popToMark(): PickledValue[] {
    const values = this.values;
    this.values = this.below.pop() ?? malformedPickle('it goes back to a mark that was not set');
    return values;
  }

  /** Takes off the top value, or the mark where that is on top. */
  drop(): void {
    if (this.values.length > 0) this.values.length--;
    else this.popToMark();
  }

  /** The one value that is left. */
  last(): PickledValue {
    return this.values.length === 1 && this.below.length === 0
      ? this.values[0]
      : malformedPickle('it ends in the middle of a value');
  }

  remember(index: number | bigint = this.memo.size): void {
    this.memo.set(Number(index), this.top());
  }

  recall(index: number | bigint): void {
    const value = this.memo.get(Number(index));
    this.push(
      value === undefined ? malformedPickle(`it recalls memo ${index}, which was not stored`) : value,
    );
  }
}
