-- KEYS: four per account. ARGV: from and to of the day and of the month, the lease (empty: only tell), its life in
-- milliseconds, the tokens that must be there, 0 where no model is asked, those it may come to use, GPU nanoseconds; then per account the limits, -1 for none: requests per
-- minute, burst, tokens per minute, per day, per month, GPU nanoseconds per day, concurrency.
-- Returns 2 and the time where day or month are others; 1 and the time where everything was taken; else 0, the time, and
-- per account ten numbers.
if not present() then
  return {2, now}
end
local lease, life, least = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local model = least > 0
-- Somebody sent it again because no answer came.
if lease ~= '' and (redis.call('ZSCORE', KEYS[2], lease) or redis.call('ZSCORE', KEYS[4], lease)) then
  return {1, now}
end
local wanted, wantedGpu = tonumber(ARGV[8]), tonumber(ARGV[9])

local function fits(used, needed, limit)
  return limit < 0 or used <= limit - math.min(needed, limit)
end

local function bounded(needed, limit)
  return limit < 0 and needed or math.min(needed, limit)
end

-- As much as it may come to use, or what is left: nobody else gets in on what it may still take.
local function held(used, limit)
  if limit < 0 then
    return wanted
  end
  return math.max(math.min(least, limit), math.min(wanted, limit - used))
end

-- What replicas took that are no more; so many at once that nobody waits long.
local function sweep(keys, sums)
  local gone = redis.call('ZRANGEBYSCORE', keys.leases, '-inf', now, 'LIMIT', 0, 500)
  for _, id in ipairs(gone) do
    giveBack(keys.held, sums, id)
    redis.call('ZREM', keys.leases, id)
    redis.call('ZADD', keys.ended, now, id)
  end
  if #gone > 0 then
    redis.call('ZREMRANGEBYSCORE', keys.ended, '-inf', now - DAY)
    redis.call('PEXPIRE', keys.ended, 2 * DAY)
    store(keys.sums, sums)
  end
end

local accounts = {}
local allowed = lease ~= ''
for i = 1, #KEYS / 4 do
  local k, a = 4 * i - 3, 7 * i + 3
  local keys = {sums = KEYS[k], leases = KEYS[k + 1], held = KEYS[k + 2], ended = KEYS[k + 3]}
  local limit = {}
  for j = 0, 6 do
    limit[j + 1] = tonumber(ARGV[a + j])
  end
  local sums = load(keys.sums)
  drain(sums, limit[1], limit[3])
  window(sums, tonumber(ARGV[1]), tonumber(ARGV[3]))
  sweep(keys, sums)
  local running = redis.call('ZCOUNT', keys.leases, '(' .. now, '+inf')
  accounts[i] = {keys = keys, sums = sums, limit = limit, running = running}
  allowed = allowed
    and (limit[1] < 0 or sums.requests <= (limit[2] - 1) * PARTS)
    and (limit[7] < 0 or running < limit[7])
    and (not model
      or ((limit[3] < 0 or sums.tokens <= (limit[3] - math.min(least, limit[3]) - sums.minuteHeld) * PARTS)
        and fits(sums.dayUsed + sums.dayHeld, least, limit[4])
        and fits(sums.monthUsed + sums.monthHeld, least, limit[5])
        and fits(sums.gpuUsed + sums.gpuHeld, wantedGpu, limit[6])))
end

if not allowed then
  local told = {0, now}
  for _, account in ipairs(accounts) do
    local sums = account.sums
    for _, number in ipairs({sums.requests, sums.tokens, sums.dayUsed, sums.dayHeld, sums.monthUsed, sums.monthHeld,
      sums.gpuUsed, sums.gpuHeld, account.running, sums.minuteHeld}) do
      told[#told + 1] = number
    end
  end
  return told
end

for _, account in ipairs(accounts) do
  local keys, sums, limit = account.keys, account.sums, account.limit
  if limit[1] >= 0 then
    sums.requests = sums.requests + PARTS
  end
  if model then
    local minute = limit[3] < 0 and 0 or held(math.ceil(sums.tokens / PARTS) + sums.minuteHeld, limit[3])
    local day = held(sums.dayUsed + sums.dayHeld, limit[4])
    local month = held(sums.monthUsed + sums.monthHeld, limit[5])
    local gpu = bounded(wantedGpu, limit[6])
    sums.minuteHeld = sums.minuteHeld + minute
    sums.dayHeld = sums.dayHeld + day
    sums.monthHeld = sums.monthHeld + month
    sums.gpuHeld = sums.gpuHeld + gpu
    redis.call('HSET', keys.held, lease,
      string.format('%.0f %.0f %.0f %.0f %.0f %.0f', minute, day, month, gpu, sums.days, sums.months))
    redis.call('PEXPIRE', keys.held, KEPT)
  end
  redis.call('ZADD', keys.leases, now + life, lease)
  redis.call('PEXPIRE', keys.leases, KEPT)
  store(keys.sums, sums)
end
return {1, now}
