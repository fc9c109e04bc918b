import type { PolicyFactory } from '../policy.js';

export const redirect: PolicyFactory<'redirect'> = ({ location, statusCode, appendResource }) => {
  const { href, protocol } = new URL(location);
  if (!/^https?:$/.test(protocol)) throw new Error(`redirect: ${location} is no http or https address.`);
  const base = appendResource ? href.replace(/\/$/, '') : href;
  return {
    request({ resource, query }) {
      const address = appendResource ? `${base}${resource}${query}` : base;
      return { kind: 'answer', status: Number(statusCode), headers: ['Location', address] };
    },
  };
};
