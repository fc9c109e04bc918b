import { Api } from './api.entity.js';
import { ApiDefinition, ApiLabel, ApiLifecycleEvent } from './api-parts.entity.js';
import { ApiScopeBinding } from './api-scope.entity.js';
import { ApiComment } from './comment.entity.js';
import { EndpointCertificate } from './endpoint-certificate.entity.js';
import { ApiDocument, ApiDocumentContent } from './document.entity.js';
import { ApiRating } from './rating.entity.js';
import { ApiDeployment, ApiRevision } from './revision.entity.js';

export const apiEntities = [
  Api,
  ApiDefinition,
  ApiLabel,
  ApiLifecycleEvent,
  ApiRevision,
  ApiDeployment,
  ApiScopeBinding,
  EndpointCertificate,
  ApiDocument,
  ApiDocumentContent,
  ApiComment,
  ApiRating,
] as const;
