import type { ReactNode } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

/** Addresses lead out of the portal; pictures would be asked for from other sites, so they are links. */
const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : undefined} target="_blank" rel="noopener noreferrer">
      {alt === undefined || alt === '' ? String(src) : alt}
    </a>
  ),
};

/** Markdown as elements. HTML in it stays text, and addresses of other schemes than http, https and mail are dropped. */
export default function MarkdownView({ text }: { readonly text: string }): ReactNode {
  return (
    <div className="tg-markdown">
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  );
}
