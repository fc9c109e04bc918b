import type { ReactNode } from 'react';
import { KeysPage } from '../Keys/keys-page';

export function Component(): ReactNode {
  return <KeysPage keyType="SANDBOX" />;
}
