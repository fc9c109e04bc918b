import { Injectable } from '@nestjs/common';
import { DefinitionFetcher } from '@tollgate/api/server';
import { InvalidInputError } from '@tollgate/base';

/** Names of the parts that may hold a definition; exactly one of them does. */
export type DefinitionParts = Readonly<
  Partial<Record<'file' | 'url' | 'inlineAPIDefinition' | 'apiDefinition', string>>
>;

/** Finds the definition in a form: as a file, inline, or behind an address. */
@Injectable()
export class DefinitionForm {
  constructor(private readonly fetcher: DefinitionFetcher) {}

  /** @throws InvalidInputError unless exactly one part is given; ApimError 400 when the address cannot be read */
  async textOf(parts: DefinitionParts): Promise<string> {
    const given = Object.entries(parts).filter(([, text]) => text !== undefined && text.trim() !== '');
    const [only] = given;
    if (!only || given.length > 1)
      throw new InvalidInputError([
        { field: 'file', message: `Send exactly one of a file, a url, or the definition itself; got ${given.length}.` },
      ]);
    const [name, text] = only as [string, string];
    return name === 'url' ? this.fetcher.fetch(text.trim()) : text;
  }
}
