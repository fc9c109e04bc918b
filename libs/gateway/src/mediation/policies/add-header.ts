import { inEveryFlow, type PolicyFactory } from '../policy.js';

export const addHeader: PolicyFactory<'addHeader'> = ({ headerName, headerValue }) =>
  inEveryFlow(({ fields }) => fields.add(headerName, headerValue));
