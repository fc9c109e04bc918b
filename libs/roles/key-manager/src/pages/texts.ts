const english = {
  'brand.tagline': 'API management',
  'sign-in.title': 'Sign in',
  'sign-in.client': 'to continue to {client}',
  'sign-in.user-name': 'User name',
  'sign-in.password': 'Password',
  'sign-in.submit': 'Sign in',
  'sign-in.wrong': 'The user name or the password is not right. Check both and try again.',
  'sign-in.wait': 'There were too many failed attempts. Wait {seconds} seconds, then try again.',
  'sign-in.not-here': 'This account cannot be used for {client}. Sign in with another one.',
  'sign-in.show-password': 'Show password',
  'consent.title': '{client} asks for access',
  'consent.intro': 'If you allow it, {client} can:',
  'consent.nothing': 'see that you signed in here',
  'consent.account': 'Signed in as {user}',
  'consent.allow': 'Allow',
  'consent.deny': 'Deny',
  'consent.switch': 'Use another account',
  'consent.redirect': 'You will be sent to {host}.',
  'scope.openid': 'know who you are',
  'scope.profile': 'read your name and your roles',
  'scope.email': 'read your e-mail address',
  'scope.default': 'call APIs in your name',
  'continue.title': 'One moment',
  'continue.text': 'You are being sent back to {client}.',
  'continue.submit': 'Continue',
  'device.title': 'Connect a device',
  'device.text': 'Type the code that the device shows.',
  'device.code': 'Code',
  'device.wrong': 'This code is not right, or it is over. Look at the device again.',
  'device.warning': 'Allow this only if you started it yourself on a device that is in front of you.',
  'device.allowed-title': 'The device is connected',
  'device.allowed': 'Go back to the device. You can close this window.',
  'device.denied-title': 'The device is not connected',
  'device.denied': 'Nothing was allowed. You can close this window.',
  'signed-out.title': 'You are signed out',
  'signed-out.text': 'Close this window, or open the application again to sign in.',
  'sign-out.title': 'Sign out?',
  'sign-out.text':
    'You are signed in as {user}. Signing out ends all your work in this browser that needs this account.',
  'sign-out.submit': 'Sign out',
  'sign-out.everywhere': 'Sign out on every device',
  'sign-out.stay': 'Close this window to stay signed in.',
  'account.title': 'Your account',
  'account.sessions': 'Where you are signed in',
  'account.browser': '{browser} {system}',
  'account.unknown-browser': 'Unknown browser',
  'account.this-browser': 'this browser',
  'account.session-use': '{address}, last used {time}',
  'error.title': 'This did not work',
  'error.hint':
    'Go back to the application and start again. If it stays, tell the people who run it what is said here.',
  'error.unknown-client': 'The application that sent you here is not known.',
  'error.bad-redirect': 'The application that sent you here named a return address that is not registered for it.',
  'error.over': 'This page is over: it was used already, or too much time has passed.',
  'error.other-browser': 'This sign-in was begun in another browser, or your browser keeps no cookies.',
  'error.forged': 'This form was not sent by our page.',
  'error.not-found': 'There is nothing at this address.',
  'error.bad-request': 'The request that brought you here is not right.',
  'error.server': 'Something went wrong on our side. Try again in a moment.',
  'error.code': 'Code',
} as const;

export type TextKey = keyof typeof english;

const simplified: Readonly<Record<TextKey, string>> = {
  'brand.tagline': 'API 管理',
  'sign-in.title': '登录',
  'sign-in.client': '以继续访问 {client}',
  'sign-in.user-name': '用户名',
  'sign-in.password': '密码',
  'sign-in.submit': '登录',
  'sign-in.wrong': '用户名或密码不正确。请检查后重试。',
  'sign-in.wait': '失败次数过多。请等待 {seconds} 秒后重试。',
  'sign-in.not-here': '此账号不能用于 {client}。请使用其他账号登录。',
  'sign-in.show-password': '显示密码',
  'consent.title': '{client} 请求访问权限',
  'consent.intro': '如果您允许，{client} 可以：',
  'consent.nothing': '知道您已在此登录',
  'consent.account': '当前登录账号：{user}',
  'consent.allow': '允许',
  'consent.deny': '拒绝',
  'consent.switch': '使用其他账号',
  'consent.redirect': '您将被带到 {host}。',
  'scope.openid': '知道您是谁',
  'scope.profile': '读取您的姓名和角色',
  'scope.email': '读取您的电子邮件地址',
  'scope.default': '以您的名义调用 API',
  'continue.title': '请稍候',
  'continue.text': '正在返回 {client}。',
  'continue.submit': '继续',
  'device.title': '连接设备',
  'device.text': '请输入设备上显示的代码。',
  'device.code': '代码',
  'device.wrong': '此代码不正确或已失效。请再次查看设备。',
  'device.warning': '只有当您本人在面前的设备上发起此操作时，才可允许。',
  'device.allowed-title': '设备已连接',
  'device.allowed': '请回到设备。您可以关闭此窗口。',
  'device.denied-title': '设备未连接',
  'device.denied': '未授予任何权限。您可以关闭此窗口。',
  'signed-out.title': '您已退出登录',
  'signed-out.text': '请关闭此窗口，或重新打开应用以再次登录。',
  'sign-out.title': '要退出登录吗？',
  'sign-out.text': '您当前以 {user} 登录。退出后，此浏览器中所有使用该账号的工作都会结束。',
  'sign-out.submit': '退出登录',
  'sign-out.everywhere': '在所有设备上退出登录',
  'sign-out.stay': '如要保持登录，请关闭此窗口。',
  'account.title': '您的账号',
  'account.sessions': '登录位置',
  'account.browser': '{browser} {system}',
  'account.unknown-browser': '未知浏览器',
  'account.this-browser': '此浏览器',
  'account.session-use': '{address}，上次使用：{time}',
  'error.title': '操作未成功',
  'error.hint': '请返回应用重新开始。如果问题仍然存在，请将此处显示的内容告知应用的运营人员。',
  'error.unknown-client': '无法识别带您来到此处的应用。',
  'error.bad-redirect': '带您来到此处的应用给出的返回地址未经登记。',
  'error.over': '此页面已失效：它已被使用过，或已超时。',
  'error.other-browser': '此次登录是在另一个浏览器中开始的，或者您的浏览器不保存 Cookie。',
  'error.forged': '此表单不是由我们的页面发送的。',
  'error.not-found': '此地址没有任何内容。',
  'error.bad-request': '带您来到此处的请求不正确。',
  'error.server': '我们这边出了问题。请稍后再试。',
  'error.code': '代码',
};

const traditional: Readonly<Record<TextKey, string>> = {
  'brand.tagline': 'API 管理',
  'sign-in.title': '登入',
  'sign-in.client': '以繼續使用 {client}',
  'sign-in.user-name': '使用者名稱',
  'sign-in.password': '密碼',
  'sign-in.submit': '登入',
  'sign-in.wrong': '使用者名稱或密碼不正確。請檢查後再試一次。',
  'sign-in.wait': '失敗次數過多。請等待 {seconds} 秒後再試一次。',
  'sign-in.not-here': '此帳號無法用於 {client}。請使用其他帳號登入。',
  'sign-in.show-password': '顯示密碼',
  'consent.title': '{client} 要求存取權限',
  'consent.intro': '如果您允許，{client} 可以：',
  'consent.nothing': '知道您已在此登入',
  'consent.account': '目前登入帳號：{user}',
  'consent.allow': '允許',
  'consent.deny': '拒絕',
  'consent.switch': '使用其他帳號',
  'consent.redirect': '您將被帶往 {host}。',
  'scope.openid': '知道您是誰',
  'scope.profile': '讀取您的姓名和角色',
  'scope.email': '讀取您的電子郵件地址',
  'scope.default': '以您的名義呼叫 API',
  'continue.title': '請稍候',
  'continue.text': '正在返回 {client}。',
  'continue.submit': '繼續',
  'device.title': '連接裝置',
  'device.text': '請輸入裝置上顯示的代碼。',
  'device.code': '代碼',
  'device.wrong': '此代碼不正確或已失效。請再次查看裝置。',
  'device.warning': '只有當您本人在面前的裝置上發起此操作時，才可允許。',
  'device.allowed-title': '裝置已連接',
  'device.allowed': '請回到裝置。您可以關閉此視窗。',
  'device.denied-title': '裝置未連接',
  'device.denied': '未授予任何權限。您可以關閉此視窗。',
  'signed-out.title': '您已登出',
  'signed-out.text': '請關閉此視窗，或重新開啟應用程式以再次登入。',
  'sign-out.title': '要登出嗎？',
  'sign-out.text': '您目前以 {user} 登入。登出後，此瀏覽器中所有使用該帳號的工作都會結束。',
  'sign-out.submit': '登出',
  'sign-out.everywhere': '在所有裝置上登出',
  'sign-out.stay': '如要保持登入，請關閉此視窗。',
  'account.title': '您的帳號',
  'account.sessions': '登入位置',
  'account.browser': '{browser} {system}',
  'account.unknown-browser': '未知的瀏覽器',
  'account.this-browser': '此瀏覽器',
  'account.session-use': '{address}，上次使用：{time}',
  'error.title': '操作未成功',
  'error.hint': '請返回應用程式重新開始。如果問題仍然存在，請將此處顯示的內容告知應用程式的營運人員。',
  'error.unknown-client': '無法識別帶您來到此處的應用程式。',
  'error.bad-redirect': '帶您來到此處的應用程式給出的返回位址未經登記。',
  'error.over': '此頁面已失效：它已被使用過，或已逾時。',
  'error.other-browser': '此次登入是在另一個瀏覽器中開始的，或者您的瀏覽器不保存 Cookie。',
  'error.forged': '此表單不是由我們的頁面送出的。',
  'error.not-found': '此位址沒有任何內容。',
  'error.bad-request': '帶您來到此處的要求不正確。',
  'error.server': '我們這邊出了問題。請稍後再試。',
  'error.code': '代碼',
};

const languages = { en: english, 'zh-Hans': simplified, 'zh-Hant': traditional } as const;
export type Language = keyof typeof languages;

/** The texts of one language. `{name}` in a text is replaced by the value of that name. */
export interface Texts {
  readonly language: Language;
  (key: TextKey, values?: Readonly<Record<string, string>>): string;
}

export function textsIn(language: Language): Texts {
  const say = (key: TextKey, values: Readonly<Record<string, string>> = {}): string =>
    languages[language][key].replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  return Object.assign(say, { language });
}

/**
 * The first language wished for that the pages have, else English.
 * @param uiLocales of OpenID Connect, space-separated; goes before `acceptLanguage` (RFC 9110 section 12.5.4)
 */
export function chooseLanguage(uiLocales: string | undefined, acceptLanguage: string | undefined): Language {
  const wishes = [...(uiLocales?.split(' ') ?? []), ...byWeight(acceptLanguage ?? '')];
  return wishes.map(languageOf).find((language) => language !== null) ?? 'en';
}

function byWeight(header: string): string[] {
  return header
    .split(',')
    .slice(0, 20)
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(/\s*;\s*/);
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return { tag, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

function languageOf(tag: string): Language | null {
  if (/^en\b/i.test(tag)) return 'en';
  if (/^zh-(hant|tw|hk|mo)\b/i.test(tag)) return 'zh-Hant';
  return /^zh\b/i.test(tag) ? 'zh-Hans' : null;
}
