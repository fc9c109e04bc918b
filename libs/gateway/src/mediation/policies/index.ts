import type { CarriedPolicyName } from '@tollgate/api/contract';
import type { PolicyFactory } from '../policy.js';
import { addHeader } from './add-header.js';
import { addQueryParam } from './add-query-param.js';
import { changeHTTPMethod } from './change-http-method.js';
import { redirect } from './redirect.js';
import { removeHeader } from './remove-header.js';
import { removeQueryParam } from './remove-query-param.js';
import { renameHeader } from './rename-header.js';
import { renameQueryParam } from './rename-query-param.js';
import { respond } from './respond.js';
import { rewriteResourcePath } from './rewrite-resource-path.js';
import { setHeader } from './set-header.js';
import { setQueryParam } from './set-query-param.js';
import { jsonToXML } from './json-to-xml.js';
import { limitBodySize } from './limit-body-size.js';
import { maskFields } from './mask-fields.js';
import { patchJson } from './patch-json.js';
import { restrictContentType } from './restrict-content-type.js';
import { restrictIpAddress } from './restrict-ip-address.js';
import { templateJson } from './template-json.js';
import { xmlToJson } from './xml-to-json.js';

/** One for each policy of the catalogue: the compiler asks for it. */
export const policies: { readonly [N in CarriedPolicyName]: PolicyFactory<N> } = {
  addHeader,
  setHeader,
  removeHeader,
  renameHeader,
  addQueryParam,
  setQueryParam,
  removeQueryParam,
  renameQueryParam,
  rewriteResourcePath,
  changeHTTPMethod,
  redirect,
  respond,
  restrictIpAddress,
  restrictContentType,
  limitBodySize,
  jsonToXML,
  xmlToJson,
  patchJson,
  templateJson,
  maskFields,
};
