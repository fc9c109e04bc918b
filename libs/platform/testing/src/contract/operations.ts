import { isObject, type ContractDocument, type JsonObject } from './document.js';

interface Template {
  readonly text: string;
  readonly pattern: RegExp;
  readonly parameters: number;
  readonly item: JsonObject;
}

/** Finds operations by method and real path; a literal path wins over one with parameters. */
export class Operations {
  private readonly templates: readonly Template[];

  constructor(private readonly document: ContractDocument) {
    this.templates = Object.entries(document.root['paths'] as JsonObject)
      .filter((entry): entry is [string, JsonObject] => isObject(entry[1]))
      .map(([text, item]) => ({ text, item, pattern: patternOf(text), parameters: text.split('{').length - 1 }))
      .sort((a, b) => a.parameters - b.parameters);
  }

  /** @returns null when the contract has no such operation */
  find(method: string, path: string): { readonly template: string; readonly operation: JsonObject } | null {
    const bare = path.replace(/[?#].*$/, '');
    for (const local of localPaths(bare, this.document.basePath)) {
      for (const { text, item, pattern } of this.templates) {
        const operation = item[method.toLowerCase()];
        if (pattern.test(local) && isObject(operation)) return { template: text, operation };
      }
    }
    return null;
  }
}

function patternOf(template: string): RegExp {
  const parts = template.split(/\{[^}]*\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]+')}$`);
}

/** Without the base path, which may also stand behind the path of the server that the service is mounted in. */
function localPaths(bare: string, basePath: string): string[] {
  const at = basePath ? bare.indexOf(`${basePath}/`) : -1;
  return at < 0 ? [bare] : [bare.slice(at + basePath.length), bare];
}
