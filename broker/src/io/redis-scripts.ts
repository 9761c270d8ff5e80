// What runs inside Redis, each script as a whole or not at all. All of it reckons by Redis' own clock. Keys are made of the
// prefix and what they are for (docs/guides/cluster.md): one Redis with its replicas, not a Redis Cluster.
import { prelude, rememberedMs, silentMs } from './redis-prelude.ts';

/**
 * Does what one node gathered, all of it at once. ARGV: prefix, node, number of the batch, bounds of a home's log (messages,
 * bytes, ms) and of the retained messages (topics and bytes of a home, and of all), then the operations with their
 * arguments. Done once, however often it is sent. Gives the end of the log; client and epoch, in turns, of sessions that are
 * this node's no more; and why something could not be done, or nothing. What comes after that is done all the same: half of
 * a batch that is tried again would be done twice.
 */
export const commitScript = `${prelude}
local batch = tonumber(ARGV[3])
local counted = p .. 'batch:' .. me
-- What was not done of which batch: its number, why, then client and epoch in turns.
local undone = p .. 'undone:' .. me
if tonumber(redis.call('GET', counted) or '0') >= batch then
	-- Its answer was lost.
	local told = redis.call('LRANGE', undone, 0, -1)
	if told[1] ~= ARGV[3] then return { head(), {}, '' } end
	return { head(), { unpack(told, 3) }, told[2] }
end
redis.call('SET', counted, ARGV[3], 'PX', ${rememberedMs})
local bounds = { unpack(ARGV, 4, 10) }
local at = 11
local function take(count)
	local from = at
	at = at + count
	return unpack(ARGV, from, at - 1)
end
local lost, isLost = {}, {}
local function holds(client, epoch)
	if redis.call('HGET', sessionKey(client), 'epoch') == epoch then return true end
	if isLost[client .. epoch] then return false end
	isLost[client .. epoch] = true
	lost[#lost + 1] = client
	lost[#lost + 1] = epoch
	return false
end
local ops = {}
-- A message; of a session only while that is this node's, and then with its identifier.
ops['say'] = function()
	local blob, topic, home, kept, how, client, epoch, identifier = take(8)
	if epoch ~= '' and not holds(client, epoch) then return end
	say(blob, topic, home, kept, how, bounds)
	if identifier ~= '' and redis.call('HGET', sessionKey(client), 'kept') == '1' then
		redis.call('HSET', sessionKey(client), identifier, '1')
	end
end
-- A retained message is past its expiry.
ops['forget'] = function()
	local topic, home, expiresAt = take(3)
	local old = redis.call('HGET', retained, topic)
	if old and string.match(old, '^{"w":%d+,"e":(%d+)') == expiresAt then clear(topic, home, old) end
end
-- Something for the nodes alone.
ops['tell'] = function() place((take(1))) end
-- How many members of a shared subscription this node has.
ops['group'] = function()
	local blob, filter, members = take(3)
	if members == '0' then redis.call('HDEL', groupsOf(me), filter)
	else redis.call('HSET', groupsOf(me), filter, members) end
	place(blob)
end
ops['set'] = function()
	local client, epoch, field, value = take(4)
	if holds(client, epoch) then redis.call('HSET', sessionKey(client), field, value) end
end
ops['unset'] = function()
	local client, epoch, field = take(3)
	if holds(client, epoch) then redis.call('HDEL', sessionKey(client), field) end
end
-- Its client is absent from now on.
ops['release'] = function()
	local client, epoch, cursor, flight, keptMs = take(5)
	if not holds(client, epoch) then return end
	redis.call('HSET', sessionKey(client), 'cursor', cursor, 'flight', flight)
	keep(client, keptMs)
	redis.call('SREM', clientsOf(me), client)
end
-- It was claimed, for all that is known: nobody heard the answer.
ops['disown'] = function()
	local client = take(1)
	part(client, me)
	redis.call('SREM', clientsOf(me), client)
end
ops['drop'] = function()
	local client, epoch = take(2)
	if not holds(client, epoch) then return end
	redis.call('DEL', sessionKey(client))
	redis.call('SREM', clientsOf(me), client)
end
-- The will of a client that is gone is to be said in a while.
ops['later'] = function()
	local client, epoch, blob, delayMs = take(4)
	if not holds(client, epoch) then return end
	redis.call('HDEL', sessionKey(client), 'will', 'willMs')
	later(client, blob, now + tonumber(delayMs))
end
-- A will is said, by whoever comes first.
ops['will'] = function()
	local token, blob, topic, home, kept, how = take(6)
	local due = redis.call('ZSCORE', p .. 'due', token)
	if due and tonumber(due) <= now and unsaid(token) == 1 and blob ~= '' then say(blob, topic, home, kept, how, bounds) end
end
local fault = ''
while at <= #ARGV do
	local done, why = pcall(ops[(take(1))])
	if not done then fault = type(why) == 'table' and why.err or tostring(why) end
end
if #lost > 0 or fault ~= '' then
	redis.call('DEL', undone)
	redis.call('RPUSH', undone, ARGV[3], fault, unpack(lost))
	redis.call('PEXPIRE', undone, ${rememberedMs})
end
return { head(), lost, fault }
`;

/**
 * Makes the session of a client this node's. ARGV: prefix, node, client, its account, whether a new session begins, how long
 * it outlives its connection (ms), and how: `ask` has another node that has it let go, `look` sees whether it did, `take`
 * waits no longer. Gives `others` (another account has it), `held` (another node has it), or `mine`, the epoch, whether there was one to go on with, its fields.
 */
export const claimScript = `${prelude}
local client, owner, clean, keptMs, how = ARGV[3], ARGV[4], ARGV[5] == '1', ARGV[6], ARGV[7]
forgive()
local key = sessionKey(client)
local node, had, other, will, willMs, before =
	unpack(redis.call('HMGET', key, 'node', 'kept', 'owner', 'will', 'willMs', 'epoch'))
local ask = { k = 'ask', client = client, epoch = before }
local held = node and node ~= ''
if held and had ~= '1' and not alive(node) then other = owner end
if other and other ~= owner then return { 'others' } end
if held and node ~= me and how ~= 'take' and alive(node) then
	if how == 'ask' then tell(ask) end
	return { 'held' }
end
local epoch = tostring(redis.call('INCR', p .. 'epochs'))
local goesOn = had == '1' and not clean
local waiting = redis.call('HGET', p .. 'wills', client)
if waiting then
	unsaid(client)
	if not goesOn then later(client .. '\\0' .. epoch, waiting, now) end
end
if will and not (goesOn and tonumber(willMs) > 0) then later(client .. '\\0' .. epoch, will, now) end
if held then redis.call('SREM', clientsOf(node), client) end
redis.call('ZREM', absentOf(owner), client)
if not goesOn then redis.call('DEL', key) end
redis.call('HDEL', key, 'will', 'willMs')
redis.call('HSET', key, 'node', me, 'epoch', epoch, 'owner', owner, 'keptMs', keptMs,
	'kept', (goesOn or keptMs ~= '0') and '1' or '0')
redis.call('PERSIST', key)
redis.call('SADD', clientsOf(me), client)
if held and node ~= me then tell(ask) end
local fields = goesOn and redis.call('HGETALL', key) or {}
redis.call('HDEL', key, 'flight')
return { 'mine', epoch, goesOn and 1 or 0, fields }
`;

/**
 * This node lives. ARGV: prefix, node, how long a home's log is kept (ms), the clock of its machine (ms), its version. Gives
 * whether the others took it for dead meanwhile, and which of them are.
 */
export const beatScript = `${prelude}
evenIfFull()
local lost = redis.call('ZSCORE', p .. 'nodes', me) == false and redis.call('EXISTS', p .. 'batch:' .. me) == 1
forgive()
redis.call('ZADD', p .. 'nodes', now, me)
redis.call('SET', p .. 'batch:' .. me, redis.call('GET', p .. 'batch:' .. me) or '0', 'PX', ${rememberedMs})
redis.call('HSET', p .. 'nodes-told', me, cjson.encode({ aheadMs = tonumber(ARGV[4]) - now, version = ARGV[5] }))
redis.call('ZREMRANGEBYSCORE', p .. 'shards', '-inf', now - tonumber(ARGV[3]))
return { lost and 1 or 0, redis.call('ZRANGEBYSCORE', p .. 'nodes', '-inf', now - ${silentMs}) }
`;

/**
 * Ends what a dead node had open: sessions are absent from now on, wills wait for whoever says them. ARGV: prefix, node,
 * dead node. Gives how many clients are left for the next call.
 */
export const reapScript = `${prelude}
evenIfFull()
local dead = ARGV[3]
if alive(dead) then return 0 end
for _, client in ipairs(redis.call('SPOP', clientsOf(dead), 500)) do part(client, dead) end
local left = redis.call('SCARD', clientsOf(dead))
if left == 0 then
	redis.call('DEL', groupsOf(dead))
	redis.call('HDEL', p .. 'nodes-told', dead)
end
if left == 0 and redis.call('ZREM', p .. 'nodes', dead) == 1 then
	tell({ k = 'gone', node = dead, by = me })
end
return left
`;

/** This node stops in good order. ARGV: prefix, node. */
export const leaveScript = `${prelude}
for _, client in ipairs(redis.call('SMEMBERS', clientsOf(me))) do part(client, me) end
redis.call('DEL', p .. 'batch:' .. me, p .. 'undone:' .. me, groupsOf(me), clientsOf(me))
redis.call('HDEL', p .. 'nodes-told', me)
if redis.call('ZREM', p .. 'nodes', me) == 1 then tell({ k = 'gone', node = me }) end
return 1
`;

/** Wills that are to be said now. ARGV: prefix, node. Gives name and will in turns. */
export const dueScript = `${prelude}
local found = {}
for _, token in ipairs(redis.call('ZRANGEBYSCORE', p .. 'due', '-inf', now, 'LIMIT', 0, 50)) do
	local blob = redis.call('HGET', p .. 'wills', token)
	if blob then
		found[#found + 1] = token
		found[#found + 1] = blob
	else redis.call('ZREM', p .. 'due', token) end
end
return found
`;

/**
 * What several homes' logs have after a place. ARGV: prefix, node, the place, how many of each at most, the homes. Gives the
 * entries of each, and the places before which something has fallen out.
 */
export const pageScript = `${prelude}
local logs, cuts = {}, {}
for at = 5, #ARGV do
	logs[#logs + 1] = redis.call('XRANGE', p .. 'log:' .. ARGV[at], '(' .. ARGV[3], '+', 'COUNT', ARGV[4])
	cuts[#cuts + 1] = redis.call('GET', p .. 'cut:' .. ARGV[at]) or '0-0'
end
return { logs, cuts }
`;

/** The shared subscriptions of all nodes. ARGV: prefix, node. Gives node and its pairs of filter and members in turns. */
export const groupsScript = `${prelude}
local found = {}
for _, node in ipairs(redis.call('ZRANGE', p .. 'nodes', 0, -1)) do
	found[#found + 1] = node
	found[#found + 1] = redis.call('HGETALL', groupsOf(node))
end
return found
`;
