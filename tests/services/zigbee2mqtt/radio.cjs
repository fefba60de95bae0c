/**
 * A radio in memory, put in the place of the serial one before Zigbee2MQTT starts (`node --require`). What its devices
 * send comes as lines of JSON over the Unix socket in $RADIO: {ieee, cluster, report: {attribute: value}} or
 * {ieee, cluster, command, payload}; {ieee, leaves: true}; each is answered with a line once it is handed over.
 */
const net = require("node:net");
const { Adapter } = require("zigbee-herdsman/dist/adapter/adapter.js");
const { Zcl, Zdo } = require("zigbee-herdsman");

const COORDINATOR = "0x00124b0000000000";
/** As the database that the process starts with has them: address -> short address. */
const DEVICES = JSON.parse(process.env.RADIO_DEVICES);
const STATUS_OK = 0;

class Radio extends Adapter {
  count = 0;

  async start() {
    net.createServer((socket) => {
      let text = "";
      socket.on("data", (data) => {
        text += data;
        for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
          this.take(JSON.parse(text.slice(0, end)));
          text = text.slice(end + 1);
          socket.write("taken\n");
        }
      });
    }).listen(process.env.RADIO);
    return "resumed";
  }

  take({ ieee, cluster, report, command, payload, linkquality = 120, leaves }) {
    const nwk = DEVICES[ieee];
    if (leaves) return this.emit("deviceLeave", { networkAddress: nwk, ieeeAddr: ieee });
    const direction = Zcl.Direction.SERVER_TO_CLIENT;
    const tsn = ++this.count % 256;
    const attributes = Object.entries(report ?? {}).map(([name, attrData]) => {
      const { ID: attrId, type: dataType } = Zcl.Utils.getCluster(cluster, undefined, {}).attributes[name];
      return { attrId, dataType, attrData };
    });
    const frame = report
      ? Zcl.Frame.create(Zcl.FrameType.GLOBAL, direction, true, undefined, tsn, "report", cluster, attributes, {})
      : Zcl.Frame.create(Zcl.FrameType.SPECIFIC, direction, true, undefined, tsn, command, cluster, payload, {});
    const data = frame.toBuffer();
    this.emit("zclPayload", {
      clusterID: frame.cluster.ID,
      address: nwk,
      header: Zcl.Header.fromBuffer(data),
      data,
      endpoint: 1,
      linkquality,
      groupID: 0,
      wasBroadcast: false,
      destinationEndpoint: 1,
    });
  }

  async stop() {}
  async reset() {}
  async permitJoin() {}
  async addInstallCode() {}
  async setChannelInterPAN() {}
  async restoreChannelInterPAN() {}
  async sendZclFrameInterPANToIeeeAddr() {}
  async sendZclFrameInterPANBroadcast() {}
  async sendZclFrameToGroup() {}
  async sendZclFrameToAll() {}
  async supportsBackup() {
    return false;
  }
  async getCoordinatorIEEE() {
    return COORDINATOR;
  }
  async getCoordinatorVersion() {
    return { type: "memory", meta: {} };
  }
  async getNetworkParameters() {
    const { panID, extendedPanID, channelList } = this.networkOptions;
    return { panID, extendedPanID: `0x${Buffer.from(extendedPanID).toString("hex")}`, channel: channelList[0], nwkUpdateID: 0 };
  }
  waitFor() {
    return { promise: new Promise(() => {}), cancel() {} };
  }
  /** Asleep, as devices with a battery are; but they can be told to leave. */
  async sendZdo(_, nwk, cluster) {
    if (cluster === Zdo.ClusterId.LEAVE_REQUEST) return [STATUS_OK, undefined];
    throw new Error(`${nwk} is asleep`);
  }
  async sendZclFrameToEndpoint(_, nwk) {
    throw new Error(`${nwk} is asleep`);
  }
}

Adapter.create = async (...options) => new Radio(...options);
