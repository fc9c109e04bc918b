import { Initial1790000000000 } from './1790000000000-initial.js';
import { SignInThrottle1795843177389 } from './1795843177389-sign-in-throttle.js';
import { TokenSigning1795844202018 } from './1795844202018-token-signing.js';
import { UserProfile1795844397397 } from './1795844397397-user-profile.js';
import { SignIn1795844477804 } from './1795844477804-sign-in.js';
import { StrictPolicies1795844634044 } from './1795844634044-strict-policies.js';
import { Workflows1795845752150 } from './1795845752150-workflows.js';
import { KeyManagers1795846020315 } from './1795846020315-key-managers.js';
import { PortalSessions1795846172605 } from './1795846172605-portal-sessions.js';
import { DeviceAndPushedRequests1795846692942 } from './1795846692942-device-and-pushed-requests.js';
import { SelfSignUp1795847053679 } from './1795847053679-self-sign-up.js';
import { Audit1795847537176 } from './1795847537176-audit.js';
import { AccountSessions1795860095076 } from './1795860095076-account-sessions.js';
import { SeveralSecrets1795861499175 } from './1795861499175-several-secrets.js';
import { SecondFactors1795861553425 } from './1795861553425-second-factors.js';
import { EndpointCertificates1795874418509 } from './1795874418509-endpoint-certificates.js';
import { Documents1795875921551 } from './1795875921551-documents.js';

export const migrations = [Initial1790000000000, SignInThrottle1795843177389, TokenSigning1795844202018, UserProfile1795844397397, SignIn1795844477804, StrictPolicies1795844634044, Workflows1795845752150, KeyManagers1795846020315, PortalSessions1795846172605, DeviceAndPushedRequests1795846692942, SelfSignUp1795847053679, Audit1795847537176, AccountSessions1795860095076, SeveralSecrets1795861499175, SecondFactors1795861553425, EndpointCertificates1795874418509, Documents1795875921551];
