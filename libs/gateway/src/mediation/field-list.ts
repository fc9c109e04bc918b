/** Header fields of a message that policies change, in their order. Names are compared whatever their letter case. */
export class FieldList {
  /** name, value, name, value, … */
  raw: string[];

  constructor(fields: readonly string[]) {
    this.raw = [...fields];
  }

  /** Value of the first field of that name. */
  get(name: string): string | undefined {
    const { raw } = this;
    for (let i = 0; i + 1 < raw.length; i += 2) if (isSame(raw[i] as string, name)) return raw[i + 1];
    return undefined;
  }

  add(name: string, value: string): void {
    this.raw.push(name, value);
  }

  set(name: string, value: string): void {
    this.remove(name);
    this.raw.push(name, value);
  }

  remove(name: string): void {
    this.raw = this.raw.filter((_, i) => !isSame(this.raw[i - (i % 2)] as string, name));
  }

  /** Fields that had the new name are replaced, if there is one of the old name. */
  rename(name: string, newName: string): void {
    if (this.get(name) === undefined || isSame(name, newName)) return;
    this.remove(newName);
    this.raw = this.raw.map((each, i) => (i % 2 === 0 && isSame(each, name) ? newName : each));
  }
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && a.toLowerCase() === b.toLowerCase();
}
