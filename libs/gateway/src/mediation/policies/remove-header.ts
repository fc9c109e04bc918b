import { inEveryFlow, type PolicyFactory } from '../policy.js';

export const removeHeader: PolicyFactory<'removeHeader'> = ({ headerName }) =>
  inEveryFlow(({ fields }) => fields.remove(headerName));
