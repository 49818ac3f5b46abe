-- KEYS: pairs of the leases and the ended leases of an account. ARGV: the life of a lease in milliseconds, then for each
-- pair a lease. One that had ended meanwhile counts again, without what it held.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for i = 1, #KEYS / 2 do
  local lease = ARGV[i + 1]
  if redis.call('ZSCORE', KEYS[2 * i - 1], lease) or redis.call('ZREM', KEYS[2 * i], lease) == 1 then
    redis.call('ZADD', KEYS[2 * i - 1], now + ARGV[1], lease)
  end
end
return {1, now}
