export { checkDeployment, filledSecret, rolesOfApp } from './check-deployment.js';
export type { PackagedProcess } from './check-deployment.js';
export { renderChart } from './render-chart.js';
