import { createHash } from 'node:crypto';

/** A script that runs on the server as one step. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

function script(text: string): RedisScript {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/**
 * KEYS: the part, then the counters. ARGV: memory of the part in ms, grace in ms, then increment and window end of
 * each counter. No key is ever without expiry: it is set by the command, or in the script, that makes the key.
 * The server's clock decides about expiry only; which window counts was decided by the time of the event.
 */
export const addScript = script(`
local fresh = redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answer = { fresh and 1 or 0 }
for i = 2, #KEYS do
  local by, windowEnd = ARGV[2 * i - 1], tonumber(ARGV[2 * i])
  if fresh then
    local count = redis.call('INCRBY', KEYS[i], by)
    if count == tonumber(by) then
      redis.call('PEXPIRE', KEYS[i], string.format('%.0f', math.max(windowEnd - now, 0) + tonumber(ARGV[2])))
    end
    answer[i] = count
  else
    answer[i] = tonumber(redis.call('GET', KEYS[i]) or '0')
  end
end
return answer`);

/**
 * Settles what a holder says and grants permits: `LeaseLedger`, on the counter that `addScript` adds to.
 * KEYS: counter, ledger (a hash: three totals of each holder, what is outstanding, how many holders).
 * ARGV: holder, its granted, returned and used totals, want, quota, window end, grace in ms.
 * Answers: total granted, left, outstanding at others. A window that the server may have forgotten grants nothing.
 */
export const leaseScript = script(`
local holder, want, quota = ARGV[1], tonumber(ARGV[5]), tonumber(ARGV[6])
local known, back, spent = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local aliveFor = tonumber(ARGV[7]) - now + tonumber(ARGV[8])
if aliveFor <= 0 then return { known, 0, 0 } end
local held = redis.call('HMGET', KEYS[2], 'g ' .. holder, 'r ' .. holder, 'u ' .. holder, 'outstanding', 'holders')
local granted, returned, used = tonumber(held[1] or '0'), tonumber(held[2] or '0'), tonumber(held[3] or '0')
local outstanding, holders = tonumber(held[4] or '0'), tonumber(held[5] or '0')
if not held[1] then holders = holders + 1 end
local forgotten = math.max(0, known - granted)
local newlyReturned = math.max(0, back - returned)
local newlyUsed = math.max(0, spent - used)
granted, returned, used = granted + forgotten, returned + newlyReturned, used + newlyUsed
local count = tonumber(redis.call('GET', KEYS[1]) or '0')
local before = count + forgotten - newlyReturned
local grant = 0
if granted == known and quota > before then
  grant = math.min(want, math.max(1, math.floor((quota - before) / (2 * holders))))
end
granted = granted + grant
outstanding = outstanding + forgotten - newlyReturned - newlyUsed + grant
local function text(number) return string.format('%.0f', number) end
redis.call('HSET', KEYS[2], 'g ' .. holder, text(granted), 'r ' .. holder, text(returned), 'u ' .. holder, text(used),
  'outstanding', text(outstanding), 'holders', text(holders))
if before + grant ~= count then redis.call('INCRBY', KEYS[1], text(before + grant - count)) end
for i = 1, 2 do
  if redis.call('PTTL', KEYS[i]) == -1 then redis.call('PEXPIRE', KEYS[i], text(aliveFor)) end
end
return { granted, math.max(0, quota - before - grant), outstanding - (granted - returned - used) }`);
