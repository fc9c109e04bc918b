import { inEveryFlow, type PolicyFactory } from '../policy.js';

export const setHeader: PolicyFactory<'setHeader'> = ({ headerName, headerValue }) =>
  inEveryFlow(({ fields }) => fields.set(headerName, headerValue));
