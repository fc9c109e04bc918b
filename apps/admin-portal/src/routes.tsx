import { Navigate, type RouteObject } from 'react-router';

/** One folder of `pages` per route, loaded when it is opened. */
export const routes: RouteObject[] = [
  { index: true, element: <Navigate to="/dashboard" replace /> },
  { path: 'throttling/custom', lazy: () => import('./pages/CustomRules') },
  { path: 'throttling/custom/create', lazy: () => import('./pages/CreateRule') },
  { path: 'throttling/custom/:ruleId', lazy: () => import('./pages/EditRule') },
  { path: 'throttling/deny-policies', lazy: () => import('./pages/DenyPolicies') },
  { path: 'throttling/:level', lazy: () => import('./pages/Policies') },
  { path: 'throttling/:level/create', lazy: () => import('./pages/CreatePolicy') },
  { path: 'throttling/:level/:policyId', lazy: () => import('./pages/EditPolicy') },
  { path: 'dashboard', lazy: () => import('./pages/Dashboard') },
  { path: 'tasks', lazy: () => import('./pages/Tasks') },
  { path: 'audit', lazy: () => import('./pages/Audit') },
  { path: 'users', lazy: () => import('./pages/Users') },
  { path: 'users/create', lazy: () => import('./pages/CreateUser') },
  { path: 'users/:userId', lazy: () => import('./pages/UserDetails') },
  { path: 'roles', lazy: () => import('./pages/Roles') },
  { path: 'roles/:roleId', lazy: () => import('./pages/RoleDetails') },
  { path: 'settings/environments', lazy: () => import('./pages/Environments') },
  { path: 'settings/environments/create', lazy: () => import('./pages/CreateEnvironment') },
  { path: 'settings/environments/:environmentId', lazy: () => import('./pages/EditEnvironment') },
  { path: 'settings/key-managers', lazy: () => import('./pages/KeyManagers') },
  { path: 'settings/key-managers/create', lazy: () => import('./pages/CreateKeyManager') },
  { path: 'settings/key-managers/:keyManagerId', lazy: () => import('./pages/EditKeyManager') },
  { path: 'settings/scope-mapping', lazy: () => import('./pages/Scopes') },
  { path: 'settings/advanced', lazy: () => import('./pages/TenantSettings') },
];
