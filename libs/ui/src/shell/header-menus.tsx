import { ActionIcon, Button, useMantineColorScheme } from '@mantine/core';
import { IconBrightness, IconLanguage, IconUser } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { changeLanguage } from '../i18n/i18n';
import { languageNames, languages } from '../i18n/languages';
import { useSession } from '../session/session';
import { PopMenu } from './pop-menu';

export function LanguageMenu(): ReactNode {
  const { t, i18n } = useTranslation();
  return (
    <PopMenu
      button={(props) => (
        <ActionIcon {...props} variant="subtle" color="gray" size="lg" aria-label={t('common.language')}>
          <IconLanguage size={20} stroke={1.75} aria-hidden />
        </ActionIcon>
      )}
      items={languages.map((language) => ({
        key: language,
        lang: language,
        label: languageNames[language],
        isChosen: i18n.language === language,
        onChoose: () => void changeLanguage(language),
      }))}
    />
  );
}

const schemes = ['light', 'dark', 'auto'] as const;

export function ColourMenu(): ReactNode {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <PopMenu
      button={(props) => (
        <ActionIcon {...props} variant="subtle" color="gray" size="lg" aria-label={t('common.theme')}>
          <IconBrightness size={20} stroke={1.75} aria-hidden />
        </ActionIcon>
      )}
      items={schemes.map((scheme) => ({
        key: scheme,
        label: t(`common.${scheme === 'auto' ? 'system' : scheme}`),
        isChosen: colorScheme === scheme,
        onChoose: () => setColorScheme(scheme),
      }))}
    />
  );
}

export function UserMenu(): ReactNode {
  const { t } = useTranslation();
  const { session, signIn, signOut } = useSession();
  if (session === null) return <Button onClick={signIn}>{t('common.signIn')}</Button>;
  return (
    <PopMenu
      button={(props) => (
        <Button {...props} variant="subtle" color="gray" leftSection={<IconUser size={18} aria-hidden />}>
          {session.user}
        </Button>
      )}
      items={[{ key: 'sign-out', label: t('common.signOut'), onChoose: signOut }]}
    />
  );
}
