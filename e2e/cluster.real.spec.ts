import { keepsTheMission } from './support/mission.js';
import { distributed } from './support/settings.js';

keepsTheMission('a cluster of two control planes, two traffic managers and two gateways', distributed);
