import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { rest } from '../rest';
import type { Deployment, Environment, Revision } from '../types';

const every2s = 2000;

/** Asked every two seconds while some gateway has not answered yet. */
export function useRevisions(apiId: string) {
  return useQuery({
    queryKey: ['apis', apiId, 'revisions'],
    queryFn: () => rest.get<{ list: Revision[] }>(`/apis/${apiId}/revisions`),
    refetchInterval: ({ state }) => (state.data?.list.some(isRollingOut) ? every2s : false),
  });
}

function isRollingOut({ deploymentInfo }: Revision): boolean {
  return deploymentInfo.some(
    ({ liveGatewayCount, deployedGatewayCount, failedGatewayCount }) =>
      deployedGatewayCount + failedGatewayCount < liveGatewayCount,
  );
}

/** Where a revision goes: every environment with its first virtual host. */
export function targetsOf(environments: readonly Environment[]): object[] {
  return environments.map(({ name, vhosts }) => ({ name, vhost: vhosts[0]?.host, displayOnDevportal: true }));
}

export function useDeployment(apiId: string) {
  const client = useQueryClient();
  const onSuccess = () => client.invalidateQueries({ queryKey: ['apis', apiId] });
  return {
    /** Makes a revision of the working copy and deploys it. */
    deploy: useMutation({
      mutationFn: async ({ description, targets }: { description: string; targets: readonly object[] }) => {
        const { id } = await rest.send<Revision>('POST', `/apis/${apiId}/revisions`, { json: { description } });
        await rest.send('POST', `/apis/${apiId}/deploy-revision`, { query: { revisionId: id }, json: targets });
      },
      onSuccess,
    }),
    redeploy: useMutation({
      mutationFn: ({ revisionId, targets }: { revisionId: string; targets: readonly object[] }) =>
        rest.send('POST', `/apis/${apiId}/deploy-revision`, { query: { revisionId }, json: targets }),
      onSuccess,
    }),
    undeploy: useMutation({
      mutationFn: ({ revisionUuid, name, vhost, displayOnDevportal }: Deployment) =>
        rest.send('POST', `/apis/${apiId}/undeploy-revision`, {
          query: { revisionId: revisionUuid },
          json: [{ name, vhost, displayOnDevportal }],
        }),
      onSuccess,
    }),
    restore: useMutation({
      mutationFn: (revisionId: string) =>
        rest.send('POST', `/apis/${apiId}/restore-revision`, { query: { revisionId } }),
      onSuccess,
    }),
    remove: useMutation({
      mutationFn: (revisionId: string) => rest.send('DELETE', `/apis/${apiId}/revisions/${revisionId}`),
      onSuccess,
    }),
  };
}
