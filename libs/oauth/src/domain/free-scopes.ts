/** Returned when no scope was asked for, or none of those asked for could be given. */
export const defaultScope = 'default';

/** Scopes that need no role. */
export function isFreeScope(scope: string): boolean {
  return (
    scope === defaultScope || scope === 'am_application_scope' || scope === 'openid' || scope.startsWith('device_')
  );
}
