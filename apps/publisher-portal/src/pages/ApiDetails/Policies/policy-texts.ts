import { useTranslation } from 'react-i18next';
import type { OperationPolicy, PolicyAttribute } from '../../../types';

/** Names and descriptions in the reader's language; the server's words for what the portal does not know yet. */
export function usePolicyTexts() {
  const { t } = useTranslation();
  return {
    nameOf: ({ name, displayName }: Pick<OperationPolicy, 'name' | 'displayName'>): string =>
      t(`policies.name.${name}`, { defaultValue: displayName }),
    aboutOf: ({ name, description }: OperationPolicy): string =>
      t(`policies.what.${name}`, { defaultValue: description }),
    labelOf: ({ name, displayName }: PolicyAttribute): string =>
      t(`policies.attribute.${name}`, { defaultValue: displayName }),
    helpOf: ({ name, description }: PolicyAttribute): string =>
      t(`policies.help.${name}`, { defaultValue: description }),
  };
}
