import { createHash } from 'node:crypto';

/** What the page says besides the operations. */
export interface ReferencePageText {
  readonly title: string;
  /** Plain sentences: what this surface is and who uses it. */
  readonly paragraphs: readonly string[];
  /** Base path of its REST API. */
  readonly base: string;
  /** Path of its OpenAPI document. */
  readonly documentPath: string;
}

/** The parts of an OpenAPI document that the page shows. */
interface DescribedOperation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}
export interface DescribedDocument {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
}

const styles = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0 auto;max-width:70rem;padding:2rem 1rem}
h1{margin:0 0 .5rem}
code,td.path{font-family:ui-monospace,monospace;font-size:.9em}
table{border-collapse:collapse;width:100%;margin-top:1rem}
caption{text-align:left;font-weight:600;padding:.5rem 0}
th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #8886}
td.path{overflow-wrap:anywhere}
.method{font-weight:600}
`;

/** Content-Security-Policy of the page: nothing but its own styles; no script, no frame, no form. */
export const referencePagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(styles).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A page without script that says what a REST surface is and lists its operations. All text is escaped. */
export function renderReferencePage(document: DescribedDocument, text: ReferencePageText): string {
  const rows = operationsOf(document).map(renderRow);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(text.title)}</title>
<style>${styles}</style>
</head>
<body>
<main>
<h1>${escapeHtml(text.title)}</h1>
${text.paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('\n')}
<p>REST API: <code>${escapeHtml(text.base)}</code>. Its description: <a href="${escapeHtml(text.documentPath)}">OpenAPI document</a>.</p>
<table>
<caption>${rows.length} operations</caption>
<thead><tr><th scope="col">Method</th><th scope="col">Path</th><th scope="col">What it does</th><th scope="col">Scopes, one of</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</main>
</body>
</html>
`;
}

interface Row {
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly access: string;
}

function operationsOf(document: DescribedDocument): Row[] {
  return Object.entries(document.paths ?? {})
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        summary: operation.summary ?? '',
        access: accessOf(operation),
      })),
    )
    .toSorted((a, b) => a.path.localeCompare(b.path, 'en') || a.method.localeCompare(b.method, 'en'));
}

function accessOf(operation: DescribedOperation): string {
  if (operation.security?.length === 0) return 'open to everybody';
  return (operation.security ?? []).flatMap((scheme) => Object.values(scheme).flat()).join(', ');
}

function renderRow({ method, path, summary, access }: Row): string {
  return `<tr><td class="method">${escapeHtml(method)}</td><td class="path">${escapeHtml(path)}</td><td>${escapeHtml(summary)}</td><td>${escapeHtml(access)}</td></tr>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
}
