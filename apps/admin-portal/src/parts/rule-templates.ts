/** Rules to begin with; the key template of each agrees with the `throttleKey` that the rule writes. */
export const ruleTemplates = [
  {
    name: 'user',
    keyTemplate: '$userId',
    siddhiQuery: `FROM RequestStream#throttler:timeBatch(1 min, 0)
SELECT userId AS throttleKey, count() >= 1000 AS isThrottled, expiryTimeStamp
GROUP BY userId
INSERT ALL EVENTS INTO ResultStream;
`,
  },
  {
    name: 'userOfApi',
    keyTemplate: '$apiContext:$userId',
    siddhiQuery: `FROM RequestStream[apiContext == '/orders/1.0.0']
SELECT userId, str:concat(apiContext, ':', userId) AS throttleKey
INSERT INTO Eligible;

FROM Eligible#throttler:timeBatch(1 min, 0)
SELECT throttleKey, count() >= 1000 AS isThrottled, expiryTimeStamp
GROUP BY throttleKey
INSERT ALL EVENTS INTO ResultStream;
`,
  },
  {
    name: 'bytesOfApplication',
    keyTemplate: '$appId',
    siddhiQuery: `FROM RequestStream#throttler:timeBatch(1 day, 0)
SELECT appId AS throttleKey, sum(cast(map:get(propertiesMap, 'messageSize'), 'long')) >= 10000000 AS isThrottled, expiryTimeStamp
GROUP BY appId
INSERT ALL EVENTS INTO ResultStream;
`,
  },
] as const;
