-- KEYS: the mark of the batch, the index of days, then the hash of each day. ARGV: how long the mark is kept in
-- milliseconds, the number of days, per day its number; then triples of a day's place, field, increment.
-- Returns 1, or 0 where the batch is there already.
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[1]) then
  return 0
end
local days = tonumber(ARGV[2])
for i = 1, days do
  redis.call('ZADD', KEYS[2], ARGV[2 + i], ARGV[2 + i])
end
for i = 3 + days, #ARGV, 3 do
  redis.call('HINCRBY', KEYS[2 + tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2])
end
return 1
