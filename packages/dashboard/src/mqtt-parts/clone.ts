// Stands in for `rfdc`: copies a packet, down to its bytes.
export default <Packet>(packet: Packet): Packet => structuredClone(packet);
