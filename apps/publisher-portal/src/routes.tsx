import { Navigate, type RouteObject } from 'react-router';

/** One folder of `pages` per route, loaded when it is opened. */
export const routes: RouteObject[] = [
  { index: true, element: <Navigate to="/apis" replace /> },
  { path: 'apis', lazy: () => import('./pages/Apis') },
  { path: 'apis/create', lazy: () => import('./pages/CreateApi') },
  {
    path: 'apis/:apiId',
    lazy: () => import('./pages/ApiDetails'),
    children: [
      { index: true, element: <Navigate to="overview" replace /> },
      { path: 'overview', lazy: () => import('./pages/ApiDetails/Overview') },
      { path: 'configuration', lazy: () => import('./pages/ApiDetails/Configuration') },
      { path: 'endpoints', lazy: () => import('./pages/ApiDetails/Endpoints') },
      { path: 'resources', lazy: () => import('./pages/ApiDetails/Resources') },
      { path: 'policies', lazy: () => import('./pages/ApiDetails/Policies') },
      { path: 'runtime-configuration', lazy: () => import('./pages/ApiDetails/Runtime') },
      { path: 'api-definition', lazy: () => import('./pages/ApiDetails/Definition') },
      { path: 'documents', lazy: () => import('./pages/ApiDetails/Documents') },
      { path: 'documents/create', lazy: () => import('./pages/ApiDetails/CreateDocument') },
      { path: 'documents/:documentId', lazy: () => import('./pages/ApiDetails/DocumentDetails') },
      { path: 'comments', lazy: () => import('./pages/ApiDetails/Comments') },
      { path: 'deployments', lazy: () => import('./pages/ApiDetails/Deployments') },
      { path: 'lifecycle', lazy: () => import('./pages/ApiDetails/Lifecycle') },
      { path: 'subscriptions', lazy: () => import('./pages/ApiDetails/Subscriptions') },
      { path: 'test-console', lazy: () => import('./pages/ApiDetails/TestConsole') },
    ],
  },
];
