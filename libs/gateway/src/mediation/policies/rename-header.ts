import { inEveryFlow, type PolicyFactory } from '../policy.js';

export const renameHeader: PolicyFactory<'renameHeader'> = ({ headerName, newHeaderName }) =>
  inEveryFlow(({ fields }) => fields.rename(headerName, newHeaderName));
