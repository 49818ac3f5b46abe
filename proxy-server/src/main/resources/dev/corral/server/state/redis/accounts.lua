-- What an account has used, as in dev.corral.auth.limit.Ledger and Bucket. Put before reserve.lua and settle.lua.
-- Per account four keys: a hash of sums, a sorted set of leases by their end, a hash of what each lease holds, and a
-- sorted set of leases that ended because nobody renewed them, by when they did.
local FIELDS = {'at', 'requests', 'tokens', 'day', 'dayUsed', 'dayHeld', 'gpuUsed', 'gpuHeld', 'month', 'monthUsed',
  'monthHeld', 'minuteHeld', 'days', 'months', 'lastDay', 'lastMonth'}
local PARTS = 60000
local DAY = 86400000
local KEPT = 40 * DAY
-- Where whole numbers still are whole.
local MOST = 9e15

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function load(key)
  local values = redis.call('HMGET', key, unpack(FIELDS))
  local sums = {}
  for i, field in ipairs(FIELDS) do
    sums[field] = tonumber(values[i]) or 0
  end
  return sums
end

local function store(key, sums)
  local all = {}
  for _, field in ipairs(FIELDS) do
    all[#all + 1] = field
    all[#all + 1] = string.format('%.0f', sums[field])
  end
  redis.call('HSET', key, unpack(all))
  redis.call('PEXPIRE', key, KEPT)
end

-- Both buckets drain as many parts in a millisecond as may be used in a minute; -1 is no limit, then nothing stays. A clock
-- that was set back far begins again where it is.
local function drain(sums, requests, tokens)
  local millis = now - sums.at
  if millis > 0 then
    sums.requests = requests < 0 and 0 or math.max(0, sums.requests - millis * requests)
    sums.tokens = tokens < 0 and 0 or math.max(0, sums.tokens - millis * tokens)
    sums.at = now
  elseif millis < -1000 then
    sums.at = now
  end
end

-- A clock that was set back by less than two days does not bring the day before back. One that was set back further moves
-- the day, but no sum; nor does it when it comes again to the latest day that was counted.
local function window(sums, day, month)
  if day > sums.day then
    if day ~= sums.lastDay then
      sums.dayUsed, sums.dayHeld, sums.gpuUsed, sums.gpuHeld = 0, 0, 0, 0
      sums.days = sums.days + 1
    end
    if month > sums.month and month ~= sums.lastMonth then
      sums.monthUsed, sums.monthHeld = 0, 0
      sums.months = sums.months + 1
    end
  elseif day >= sums.day - 2 * DAY then
    return
  end
  sums.day, sums.month = day, month
  if day > sums.lastDay then
    sums.lastDay, sums.lastMonth = day, month
  end
end

-- Takes off what a lease holds. Of the minute it does not drain: it is held until it is known what was used.
local function giveBack(key, sums, lease)
  local held = redis.call('HGET', key, lease)
  if not held then
    return
  end
  redis.call('HDEL', key, lease)
  local part = {}
  for number in string.gmatch(held, '%S+') do
    part[#part + 1] = tonumber(number)
  end
  if part[5] == sums.days then
    sums.dayHeld = math.max(0, sums.dayHeld - part[2])
    sums.gpuHeld = math.max(0, sums.gpuHeld - part[4])
  end
  if part[6] == sums.months then
    sums.monthHeld = math.max(0, sums.monthHeld - part[3])
  end
  sums.minuteHeld = math.max(0, sums.minuteHeld - part[1])
end

local function fill(sums, tokens)
  sums.tokens = math.min(MOST, sums.tokens + tokens * PARTS)
end

-- Whether the caller's idea of day and month fits this clock.
local function present()
  return now >= tonumber(ARGV[1]) and now < tonumber(ARGV[2]) and now >= tonumber(ARGV[3]) and now < tonumber(ARGV[4])
end
