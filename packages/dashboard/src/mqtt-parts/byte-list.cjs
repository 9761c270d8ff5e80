// Stands in for `bl`, which is called to make a list.
const { ByteList } = require('./byte-list.ts');
module.exports = () => new ByteList();
