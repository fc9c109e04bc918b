import { onRequests, type PolicyFactory } from '../policy.js';
import { QueryParameters } from './query-parameters.js';

export const addQueryParam: PolicyFactory<'addQueryParam'> = ({ paramKey, paramValue }) =>
  onRequests((message) => {
    const parameters = new QueryParameters(message.query);
    parameters.add(paramKey, paramValue);
    message.query = parameters.toString();
  });
