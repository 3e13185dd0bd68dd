/**
 * Words that are written the same in English and in a language, so that finding one in a translation proves nothing. With them
 * go their plurals in -s. Lower case; from general knowledge of the languages, within what captions are about.
 */

const words = (list: string) => list.trim().split(/\s+/);

/** Of some language or several: names of things that travelled with their word. */
const SHARED = words(`
  animal arm avocado banana bank bar baseball basketball bison block boulevard brunette bungalow burger bus cactus camera canal
  canyon capital central classic clown cobra cockpit color comic computer container cup dame data dessert digital dinosaur disco
  elegant final film fire flora football fresh frisbee fruit fruits gala giraffe glacier global golf gorilla graffiti grand guitar
  hall hamburger hand hobby hockey horizontal hotel idol image images iris jeans jogging kiwi koala lama land laptop layout lily
  local logo madonna magnolia mango marina match metal mini mobile model modern monitor moped motel motor museum music natural
  neutral note oasis office open opera orange oval page palm panda panorama park parking part passage pasta patio pedal photo piano
  picnic pizza place plan plane plastic plaza pony portal portrait poster pullover puma radio ravioli regional restaurant ring
  robot rose route rugby safari salami salmon sandwich scene scooter second selfie serve service shop shorts signal simple
  skateboard smartphone snack snowboard social sofa solar spaghetti sport square stadium statue steak stop stress studio surf sushi
  table tablet tables tango taxi tennis text toast tomato total tour toy tractor train tram transparent trio tropical tulip tunnel
  turban vase vertical veranda verse video villa village login screenshot cheeseburger mouse dashboard browser app apps website
  online team workshop software hardware server cloud chat feedback design icon emoji business manager meeting stand party event
  show star fan trend trailer teaser newsletter podcast webinar banner button slider link tag blog post account user cookie router
  scanner toaster mixer grill barbecue smoothie pigeon bouquet jeep king-size queen-size half station stations collage cascade
  dolphin canoe kayak ballet buffet cabaret casino cinema circus concert corridor courage costume couple dentist dragon fashion
  festival flash fontaine garage gondola gorge granite hangar helicopter iguana jaguar lagune lavender lion lynx maquette marathon
  microphone minibus mosaic mosque mountainbike pagoda palette papaya parasol pavillon pelican pergola pirate plateau pompon
  printer pyramid quartet quiche rodeo saxophone sculpture silhouette solo souvenir tambour tapir tarte ticket tiger tipi tornado
  tournament trampoline triangle trombone trophy truck uniform viaduct virus volcano voyage walkman waterpolo menu minus plus series cilantro thermometer mozzarella chocolate
  ketchup cupcake muffin brownie donut bagel croissant cappuccino espresso burrito taco tortilla paella risotto lasagna broccoli
  curry ramen kimono tofu wok cocktail whisky vodka bacon cheddar pesto hotdog popcorn surfboard bikini drone violet vista visual
  vital volleyball wagon warm water western wild winter yacht yoga zebra zone zoo surfer skater jogger biker trainer gamer designer
  blogger influencer ranger barista selfie-stick wellness camping caravan windsurf international national original normal parallel
  minimal optimal formal emotional professional universal rational ski bob bowling boxer e-bike fastfood fitness gadget gospel
  headset hip-hop jazz jet joystick karaoke karting kit latte loft mocha nylon paddle parka patchwork pub pudding punk rafting rock
  roller sauna set shaker skyline snorkel soundcheck spa spot squash tattoo thriller tribal vintage zoom wifi wi-fi internet email
  e-mail brunch gaming streaming marketing pancake ranking kickboxing stretching cheesecake wrap sneaker cardigan hoodie legging
  top display cursor desktop hub touchscreen smartwatch gamepad webcam chip laser scan timer pull request
`);

/** Of French. */
const FRENCH = words(`
  accident accord action agile album alligator ample angle animation apparent aqueduct arc arcade architecture arrangement art
  article artisan aspect assortment attention attraction automobile avalanche avenue aviation baguette balance banal bandage banjo
  banquet base basket beige bistro blazer blond blonde blouse bonbon boutique brasserie brioche brochure bronze bulldozer bulletin
  cage calcium camouflage camp cannelloni capable cape capsule caramel cargo carton casserole cassette catamaran catastrophe
  cavalier cave caviar cellophane certain champagne champion chandelier chaos charge chariot chef cigarette circulation civil
  client club code cognac collection collision colonial combat communication compact condition confection confetti console
  construction contact convention conversation corral correct cottage cotton course court crayon cricket crocodile cube cuisine
  culture cycle cyclone danger date dense destination dialogue dimension direct direction discussion distance distant distinct
  district divan document dominant dominos double duo dune durable effort enchilada ensemble entourage euro excellent exception
  expert explosion exposition expression extension fabrication face fatigue fiction figurine flamenco flexible floral foliage force
  forge formation fort fortune fraction fragile fragment friction front frontal fuchsia fusion gazelle globe gourmet grave gravure grille
  grotesque guide hamster handball hexagonal horizon horrible illusion illustration imagination immense impression index indication
  information inscription inspection installation instant instruction instrument intact intelligent intense interaction
  intersection intervention introduction invention invitation isolation jockey journal judo jungle junior jury justice lampe lance
  large lingerie liqueur location locomotive long loupe lotion lotus luge machine magazine magenta maintenance mandarin mannequin
  marine mascara massage mauve maximum melon menu message microscope migration million miniature minimum minute miracle mirage
  mission module moment monument motif motion multiple municipal mural muscle musical nation nature nectarine niche noble notable
  nuance oblique observation obelisk olive opinion option ordinal oriental parachute parade parapet parfait parquet participation
  passant passion pastel patience patient pause pendant performance permanent perspective petit phase physique pile pipe piston
  placard plaid plantation plaque plume point police polo population port portable portion pose position possible pot poncho
  prairie prince prison probable procession promenade protection province public publication puzzle queue rail rails ranch rare rat
  rats rayon rectangle refuge relief religion remorque reptile restauration rhododendron rival robe rosace rotation roulette royal
  rural salon sardine satellite satin sauce savant science score script secret section segment sensible silence site situation sole
  solitaire solution sombre source spatial spectacle spiral store style sublime suite sultan surface surprise surveillance suspect
  suspension synagogue tact talent tambourine tandem tank technique temple tension terminal terrain terrasse terrier test thermos
  timide torrent totem toucan tradition tramway tranche transaction transition transport tribune triple trot trottoir tube turbine
  turbulent turquoise type unique urgent utile vague valise velours verdure version vibrant vignette violence visage visible vision
  volume xylophone muscat pistache mousse mayonnaise vinaigrette omelette nougat escalator agent sergent serpent bonnet bandana
  parmesan ramequin sequin tutu marron moustache mug crumble tourniquet boomerang corset cravate domino
`);

/** Of Spanish; those in -al, -or and -ar are Portuguese, too. */
const SPANISH = words(`
  abdominal actor adorable alcohol alfalfa alpaca arena armadillo arsenal artificial audio azalea bandana banjo barracuda base
  beige blues bonsai boutique bravo bronco brutal cable cacao cafeteria canon caramel cartel celestial cereal ceremonial chalet
  chef circular civil club colonial coral cordial corral coyote crepe cruel cultural decimal delta dental diagonal director doctor
  drama dual durable editor enchilada error escalator euro exterior extra facial factor fajita familiar fatal fiesta flexible
  floral frontal funeral funicular gas general gourmet guacamole hexagonal horrible hospital iceberg ideal imperial impala
  industrial informal inferior instrumental integral interior invisible irregular jersey judo karate larva lava legal liberal llama
  lunar machete manual maraca marginal material medieval memorial mental mineral modular monumental moral mortal mosquito
  multicolor mural musical naval notable nuclear ocelot octagonal ocular oral orca oriental ornamental panel particular pastel
  perfume plural polar police polo poncho popular postal principal probable protector quinoa radar radial rectangular regular
  religion residential rival romance rotor rumba rural salsa sector semicircular sensor sensual sepia sierra silo similar singular
  sombrero superior tamale tenor tequila terminal terrible tiara toga triangular trivial tsunami tubular tutor usual variable
  vegetal viable virtual visible vocal zombie visor rector elector reactor conductor instructor editorial continental municipal
  dorsal lateral nasal capibara jacaranda nopal papagayo matador mariachi tapas churros nachos quesadilla pinto siesta bodega
  hacienda pueblo alameda adobe peseta cabana marimba conga bongo flamenco
`);

/** Of Dutch, and some of them of the languages of the north. */
const DUTCH = words(`
  over under wind tent plant pier mast lamp school week oven lift helm hamster lip sand ball glass wolf nest arena fort bed
  mandarin olive spade sloop plein plank kangaroo storm spreadsheet jumper spoiler bumper cockpit keeper loft trailer scooter
`);

/** Of German, where every noun has a capital: what is the same in lower case is none. */
const GERMAN_LOWER_CASE = new Set(
  words(`
    also arm beige blind blond cool digital elegant emotional extra fair final fit formal frontal genial global golden hell horizontal hybrid ideal
    international intelligent legal liberal live minimal minus modern national neutral normal online offline optimal orange original oval parallel
    permanent pink plus regional retro solo still super total transparent universal vegan verbal via vintage vital warm wild
  `),
);

const OF: Readonly<Record<string, readonly string[]>> = {
  fr: FRENCH,
  es: SPANISH,
  pt: SPANISH,
  nl: DUTCH,
  da: DUTCH,
  nb: DUTCH,
  sv: DUTCH,
};

const shared = new Set(SHARED);
const sets = new Map<string, ReadonlySet<string>>();

function ofLanguage(language: string): ReadonlySet<string> {
  const known = sets.get(language) ?? new Set(OF[language]);
  sets.set(language, known);
  return known;
}

/** The same for a word in lower case, where nouns have capitals. */
export function isGermanCognate(word: string): boolean {
  return GERMAN_LOWER_CASE.has(word);
}

/** True where a word of a translation that is the same as in English proves nothing. `language` is a bare code such as `fr`. */
export function isCognate(word: string, language: string): boolean {
  // English took a word with such a letter from elsewhere: café, façade, jalapeño.
  if (/[^\p{ASCII}'’]/u.test(word)) return true;
  const has = (one: string) => shared.has(one) || ofLanguage(language).has(one);
  return has(word) || (word.endsWith('s') && has(word.slice(0, -1)));
}
