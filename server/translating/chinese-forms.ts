/**
 * Frequent characters that only one of the two ways to write Chinese has, in pairs: simplified, traditional. By the Unihan
 * database's kSimplifiedVariant and kTraditionalVariant, where each has exactly one other form.
 */
const PAIRS =
  '们們个個来來时時对對会會学學国國过過车車东東门門问問间間头頭马馬鸟鳥鱼魚龙龍龟龜风風飞飛电電书書画畫图圖园園圆圓场場块塊条條树樹桥橋楼樓厅廳墙牆灯燈炉爐饭飯' +
  '饮飲馆館猫貓鸡雞鸭鴨鹅鵝猪豬蓝藍绿綠红紅银銀铁鐵铜銅钢鋼镜鏡铃鈴裤褲带帶伞傘轮輪转轉边邊两兩双雙张張辆輛颗顆盘盤岁歲妈媽儿兒亲親爱愛欢歡乐樂艺藝叶葉兰蘭' +
  '远遠进進还還这這运運连連湾灣满滿滩灘岛島卫衛厨廚顶頂颜顏题題货貨购購赛賽骑騎驾駕骆駱驼駝跃躍动動单單卖賣厂廠压壓号號员員围圍处處备備妇婦宝寶实實宽寬层層师師' +
  '帘簾广廣应應开開弹彈强強总總悬懸戏戲户戶抚撫护護报報挂掛摆擺摇搖无無旧舊显顯机機标標栏欄样樣横橫欧歐气氣浅淺湿濕溅濺点點烧燒热熱牵牽现現环環盖蓋盏盞砖磚礼禮种種' +
  '竖豎笔筆笼籠篮籃类類纸紙纹紋线線组組结結给給绳繩网網联聯脚腳脸臉舰艦莲蓮营營虾蝦装裝观觀视視览覽设設话話语語说說请請读讀谁誰调調谈談铺鋪锅鍋长長阳陽阴陰队隊陆陸' +
  '雾霧静靜页頁顾顧饼餅饰飾驶駛鲜鮮鹰鷹麦麥黄黃齐齊齿齒';

const [SIMPLIFIED, TRADITIONAL] = [new Set<string>(), new Set<string>()];
for (let at = 0; at < PAIRS.length; at += 2) {
  const [simple, traditional] = [PAIRS.charAt(at), PAIRS.charAt(at + 1)];
  SIMPLIFIED.add(simple);
  TRADITIONAL.add(traditional);
}

/** True where a text has a character of the other way to write Chinese; `script` is Hans or Hant, by ISO 15924. */
export function mixesChineseForms(text: string, script: string): boolean {
  const others = script === 'Hans' ? TRADITIONAL : script === 'Hant' ? SIMPLIFIED : null;
  return others !== null && Array.from(text).some((character) => others.has(character));
}
