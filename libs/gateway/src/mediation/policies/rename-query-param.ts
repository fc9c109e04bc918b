import { onRequests, type PolicyFactory } from '../policy.js';
import { QueryParameters } from './query-parameters.js';

export const renameQueryParam: PolicyFactory<'renameQueryParam'> = ({ paramKey, newParamKey }) =>
  onRequests((message) => {
    const parameters = new QueryParameters(message.query);
    parameters.rename(paramKey, newParamKey);
    message.query = parameters.toString();
  });
