-- KEYS: the mark of the batch, the index of days, then the hash of each day. ARGV: how long the mark is kept in
-- milliseconds, the number of days, per day its number; then triples of a day's place, field, increment.
-- Returns 1, or 0 where the batch is there already.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
local days = tonumber(ARGV[2])
-- An error half way would leave half of the batch behind: whatever can be wrong is found before anything is written.
for i = 3, #KEYS do
  local kind = redis.call('TYPE', KEYS[i]).ok
  if kind ~= 'none' and kind ~= 'hash' then
    return redis.error_reply('WRONGTYPE ' .. KEYS[i] .. ' is a ' .. kind .. ' (expected: a hash)')
  end
end
for i = 1, days do
  redis.call('ZADD', KEYS[2], ARGV[2 + i], ARGV[2 + i])
end
for i = 3 + days, #ARGV, 3 do
  redis.call('HINCRBY', KEYS[2 + tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2])
end
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 1
