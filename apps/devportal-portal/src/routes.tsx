import { Navigate, type RouteObject } from 'react-router';

/** One folder of `pages` per route, loaded when it is opened. */
export const routes: RouteObject[] = [
  { index: true, element: <Navigate to="/apis" replace /> },
  { path: 'home', element: <Navigate to="/apis" replace /> },
  { path: 'apis', lazy: () => import('./pages/Apis') },
  {
    path: 'apis/:apiId',
    lazy: () => import('./pages/ApiDetails'),
    children: [
      { index: true, element: <Navigate to="overview" replace /> },
      { path: 'overview', lazy: () => import('./pages/ApiDetails/Overview') },
      { path: 'credentials', lazy: () => import('./pages/ApiDetails/Credentials') },
      { path: 'api-console', lazy: () => import('./pages/ApiDetails/ApiConsole') },
      { path: 'documents', lazy: () => import('./pages/ApiDetails/Documents') },
      { path: 'comments', lazy: () => import('./pages/ApiDetails/Comments') },
      { path: 'definition', lazy: () => import('./pages/ApiDetails/Definition') },
    ],
  },
  { path: 'applications', lazy: () => import('./pages/Applications') },
  { path: 'applications/create', lazy: () => import('./pages/CreateApplication') },
  {
    path: 'applications/:applicationId',
    lazy: () => import('./pages/ApplicationDetails'),
    children: [
      { index: true, element: <Navigate to="overview" replace /> },
      { path: 'overview', lazy: () => import('./pages/ApplicationDetails/Overview') },
      { path: 'productionkeys', lazy: () => import('./pages/ApplicationDetails/ProductionKeys') },
      { path: 'sandboxkeys', lazy: () => import('./pages/ApplicationDetails/SandboxKeys') },
      { path: 'apikeys', lazy: () => import('./pages/ApplicationDetails/ApiKeys') },
      { path: 'subscriptions', lazy: () => import('./pages/ApplicationDetails/Subscriptions') },
    ],
  },
  { path: 'signup', lazy: () => import('./pages/SignUp') },
  { path: 'profile', lazy: () => import('./pages/Profile') },
];
