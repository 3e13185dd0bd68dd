<?php
declare( strict_types=1 );

namespace Altsmith;

use Altsmith\Storage\Installer;
use Altsmith\Storage\Library_Counts;
use Altsmith\Storage\Request_Store;
use Altsmith\Storage\Run_Store;
use Altsmith\Storage\Schema;
use Altsmith\Storage\Suggestion_Query;

defined( 'ABSPATH' ) || exit;

/** The composition root: constructs every service once, and lets each name its hooks in register(). See On_Demand. */
final class Plugin {
	public const CRON_HOOK = 'altsmith_sync';

	/** Constructs and registers everything. Called once, by On_Demand, before or after `init`. */
	public static function load(): void {
		$settings = new Settings();
		$store    = new Request_Store();
		$instance = new Identity\Instance();
		$client   = new Sidecar\Client( $settings, $instance );
		$runs     = new Run_Store();
		$pause    = new Sync\Pause();
		$loopback = new Sync\Loopback( $settings );

		$texts      = new Writeback\Library_Texts( $settings );
		$pictures   = new Storage\Picture_Store();
		$watch      = new Sync\Picture_Watch( $store, $pictures, $client );
		$poster     = new Video\Poster( $client, $store );
		$poster->register();
		$write_back = new Review\Write_Back( $store, new Writeback\Alt_Text_Writer( $texts ), $client, $watch );
		$intake     = new Sync\Intake( $store, $write_back, $instance );
		$sender     = new Sync\Sender( $store, $pictures, $client, $intake, $runs, new Video\Video_Upload( $client ) );
		$webhook    = new Sync\Webhook( $client, $settings );
		$answer     = new Identity\Instance_Answer( $instance, $client, $store, $runs, $webhook );
		$lost       = new Sync\Lost_Work( $settings, $store, $client, $intake );
		$worker     = new Sync\Worker( $settings, $store, new Backfill\Feeder( $runs, $store, $settings ), $sender, $lost, new Sync\Change_Reader( $client, $intake, $lost ), $write_back, $pause, $watch, $answer );

		add_action( 'init', array( Schema::class, 'upgrade' ), 1 );
		( new Storage\Schema_Guard() )->register();
		// Translations in our own folder; those in WordPress's language folder it finds by itself.
		$translate = static fn() => load_plugin_textdomain( 'altsmith', false, dirname( plugin_basename( ALTSMITH_FILE ) ) . '/languages' );
		did_action( 'init' ) ? $translate() : add_action( 'init', $translate, 1 );
		add_action( 'wp_initialize_site', array( Installer::class, 'new_site' ), 20 );
		add_filter( 'wpmu_drop_tables', array( Installer::class, 'drop_with_site' ), 10, 2 );
		( new Capabilities( $settings ) )->register();
		( new Upload\Request_On_Upload( $settings, $store, $pictures, $loopback ) )->register();
		$watch->register();
		( new Sync\Triggers( $settings, $store, $worker, $loopback ) )->register();

		$review   = new Review\Review_Service( $store, $client, $intake, $write_back, $lost, $watch, $poster );
		$backfill = new Backfill\Backfill( $runs, $store, $write_back, $client, $settings );
		$tested   = new Sidecar\Connection_Test( $client );
		( new Identity\Instance_Routes( $instance, $answer ) )->register();
		$question = new Identity\Instance_Question( $instance, $answer );
		$question->register();
		$access   = new Rest\Access( $store );
		$placed   = new Placements\Placements( $access );
		$view     = new Review\Suggestion_View( $placed->list, $texts );
		$bulk     = new Review\Bulk_Decisions( $store, $client, $write_back, $review );
		$health   = new Admin\Site_Health( $settings, $store, $tested, $loopback, $instance );
		$health->register();
		( new Privacy\Personal_Data() )->register();
		( new Storage\Library_Index() )->register();
		$export = new Csv\Library_Export( $store );
		$export->register();
		$import = new Csv\Library_Import( new Writeback\Alt_Text_Writer( $texts ), $store, $watch );
		$found = new Audit\Audit_Table();
		$audit = new Audit\Audit( $found );
		$audit->register();
		add_action(
			'rest_api_init',
			static function () use ( $audit, $found, $sender, $poster, $import, $health, $bulk, $client, $access, $settings, $store, $runs, $worker, $pause, $tested, $backfill, $review, $view, $loopback, $webhook ): void {
				( new Rest\System_Controller( $access, $settings, $store, $worker, $pause, $tested, $webhook, $loopback, new Admin\Destination( $settings ) ) )->register();
				( new Rest\Wake_Controller( $worker, $loopback, $webhook ) )->register();
				( new Rest\Backfill_Controller( $backfill, $runs, new Backfill\Run_View( $runs ), new Library_Counts(), $loopback ) )->register();
				( new Rest\Translations_Controller( $access, new Backfill\Translation_Run( $client ), $client ) )->register();
				( new Rest\Questions_Controller( $access, $client ) )->register();
				( new Rest\Attachments_Controller( $access, $store, $worker, $view ) )->register();
				( new Rest\Frames_Controller( $access, $store, new Video\Video_Frames( $store, $client, $sender ), $view ) )->register();
				( new Rest\Images_Controller( $access, $store ) )->register();
				( new Rest\Failed_Controller( $access, new Storage\Failed_Query(), $store, $loopback ) )->register();
				( new Rest\Audit_Controller( $audit, $found ) )->register();
				( new Rest\Csv_Controller( $import ) )->register();
				( new Rest\Health_Controller( $health ) )->register();
				( new Rest\Reviewer_Controller( $access ) )->register();
				( new Rest\Suggestions_Controller( $access, new Suggestion_Query(), $review, $bulk, $view, $loopback, $poster ) )->register();
			}
		);

		( new Cli\Cli(
			array(
				''         => new Cli\Flow_Command( $settings, $store, new Library_Counts(), $pause, $worker, $tested ),
				'review'   => new Cli\Review_Command( new Suggestion_Query(), $store, $review ),
				'index'    => new Cli\Index_Command( $placed->scan ),
				'instance' => new Cli\Instance_Command( $instance, $answer ),
				'settings' => new Cli\Settings_Command( $settings ),
				'audit'    => new Cli\Audit_Command( $audit, $found ),
				'csv'      => new Cli\Csv_Command( $export, $import ),
				'backfill' => new Cli\Backfill_Command( $backfill, $runs, new Backfill\Run_View( $runs ), $worker ),
			)
		) )->register();

		$assets = new Admin\Assets( $settings );
		$words  = new Admin\Words_Form( $client );
		$words->register();
		( new Admin\Settings_Page( $assets, new Admin\Destination( $settings ), new Admin\Connection_Fields( $settings ), new Admin\Choice_Fields( $settings ), $question, $words ) )->register();
		$badge = new Admin\Menu_Badge();
		$badge->register();
		( new Admin\Review_Page( $assets, $question, $badge ) )->register();
		( new Admin\Start_Page( $assets, $settings, new Admin\Connection_Fields( $settings ), new Library_Counts(), $runs ) )->register();
		$coverage = new Storage\Coverage_History( new Library_Counts() );
		$coverage->register();
		( new Admin\Coverage_Widget( $coverage ) )->register();
		( new Review\Digest( $settings, $store ) )->register();
		( new Upload\Missed_Uploads( $settings, $store ) )->register();
		( new Shop\Kept_Back() )->register();
		( new Languages\Language_Versions( $store, $loopback ) )->register();
		( new Admin\Backfill_Page( $assets, $question ) )->register();
		( new Admin\Audit_Page( $assets ) )->register();
		( new Admin\Network_Page( new Settings( true ) ) )->register();
		( new Admin\Plugin_Row() )->register();
		( new Backfill\Csv_Export( $runs, $store ) )->register();
		$shown = new Library\Shown_Rows( $store );
		$shown->register();
		( new Admin\Attachment_Details( $shown, $assets ) )->register();
		( new Library\Library_Filter( $assets ) )->register();
		( new Library\Library_Column( $shown ) )->register();
		( new Shop\Product_Column() )->register();
		( new Library\Library_Actions( $store, $loopback, $shown ) )->register();
		( new Editor\Editor_Assets( $assets ) )->register();
		( new Editor\Places_Box( $assets ) )->register();
		$placed->register();
		( new Abilities\Abilities() )->register();
	}
}
