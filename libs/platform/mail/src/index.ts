export { isMailAddress } from './mail-message.js';
export type { MailMessage } from './mail-message.js';
export { MailModule } from './mail.module.js';
export { mailSettings } from './mail-settings.js';
export type { MailConfig, MailSettings } from './mail-settings.js';
export { Mailer } from './mailer.js';
